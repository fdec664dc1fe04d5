import assert from "node:assert/strict";
import { SimulatedMeter } from "../../src/simulator/mod.ts";
import { metricDefinitions } from "../../src/metrics/definitions.ts";
import { within } from "../support/pause.ts";
import { type MetricsExport, OtlpReceiver } from "../metrics/otlp_receiver.ts";
import { openSite } from "../support/site.ts";
import { CommandProcess } from "../support/start_process.ts";

/** The metrics of the service, without those of Deno. */
function metricsOf({ resourceMetrics }: MetricsExport) {
  const scopes = resourceMetrics.flatMap(({ scopeMetrics }) => scopeMetrics);
  return scopes.filter(({ scope }) => scope?.name === "wattseal").flatMap(({ metrics }) => metrics);
}

/** The values of the metrics by name and attributes: `wattseal.line.open line=rs485-1`. */
function valuesOf(body: MetricsExport): Map<string, number> {
  return new Map(
    metricsOf(body).flatMap(({ name, sum, gauge }) =>
      (sum ?? gauge)?.dataPoints.map(({ asInt, asDouble, attributes = [] }): [string, number] => {
        assert.equal(attributes.find(({ key }) => key === "site")?.value.stringValue, "test");
        const where = attributes.filter(({ key }) => key !== "site")
          .map(({ key, value }) => `${key}=${value.stringValue}`).sort();
        return [[name, ...where].join(" "), Number(asInt ?? asDouble)];
      }) ?? []
    ),
  );
}

Deno.test("start sends the statistics of lines and meters to an OTLP receiver if OTEL_DENO is set", async () => {
  const arrived = Promise.withResolvers<MetricsExport>();
  await using receiver = new OtlpReceiver((body) => {
    const values = valuesOf(body);
    // A busy machine exports before each meter has answered
    const isComplete = (values.get("wattseal.meter.errors kind=crc line=rs485-1 meter=evse-1") ?? 0) > 0 &&
      values.has("wattseal.meter.latency line=rs485-1 meter=evse-2 quantile=0.99") &&
      values.has("wattseal.meter.reading_age line=rs485-1 meter=evse-2") &&
      values.has("wattseal.event_loop.delay quantile=0.99");
    if (isComplete) arrived.resolve(body);
  });
  await using site = await openSite({ meters: [new SimulatedMeter({ unit: 1 }), new SimulatedMeter({ unit: 2 })] });
  // On a busy machine some of these answers are late, which is a different error
  site.line.misbehave({ kind: "bad_crc" }, { unit: 1, address: 0, times: 100_000 });
  await using service = new CommandProcess(["start", "--config", site.config], {
    ...receiver.env,
    OTEL_EXPORTER_OTLP_TIMEOUT: "500",
    OTEL_SERVICE_NAME: "wattseal",
    OTEL_RESOURCE_ATTRIBUTES: "site=of-resource,deployment.environment=test",
  });
  const body = await arrived.promise;
  const values = valuesOf(body);
  // The last exports end by their timeout
  receiver.hang();
  service.signal("SIGTERM");
  assert.equal((await service.ended()).code, 0);

  const value = (key: string) => values.get(key) ?? NaN;
  assert.equal(value("wattseal.line.open line=rs485-1"), 1);
  const utilisation = value("wattseal.line.utilisation line=rs485-1");
  assert.ok(utilisation > 0 && utilisation <= 1, String(utilisation));
  const [one, two] = [1, 2].map((unit) => value(`wattseal.meter.exchanges line=rs485-1 meter=evse-${unit}`));
  assert.equal(value("wattseal.line.exchanges line=rs485-1"), (one ?? 0) + (two ?? 0));
  assert.equal(value("wattseal.meter.errors kind=crc line=rs485-1 meter=evse-2"), 0);
  const damaged = value("wattseal.meter.errors kind=crc line=rs485-1 meter=evse-1");
  assert.equal(value("wattseal.line.errors kind=crc line=rs485-1"), damaged);
  assert.ok(value("wattseal.meter.latency line=rs485-1 meter=evse-2 quantile=0.99") > 0);
  assert.equal(value("wattseal.meter.skipped_readings line=rs485-1 meter=evse-1"), 0);

  for (const { resource: { attributes } } of body.resourceMetrics) {
    const of = new Map(attributes.map(({ key, value }) => [key, value.stringValue]));
    const [name, site, environment] = ["service.name", "site", "deployment.environment"].map((key) => of.get(key));
    assert.deepEqual([name, site, environment], ["wattseal", "of-resource", "test"]);
  }
  const described = new Map(metricsOf(body).map(({ name, unit, description }) => [name, [unit ?? "", description]]));
  const absent: string[] = [];
  for (const { openTelemetryName, unit, help } of metricDefinitions) {
    if (described.has(openTelemetryName)) assert.deepEqual(described.get(openTelemetryName), [unit, help]);
    else absent.push(openTelemetryName);
  }
  const unknownHere = ["wattseal.clock.synchronised", "wattseal.meter.transaction_age"];
  assert.deepEqual(absent.filter((name) => !unknownHere.includes(name) && !/\.meter\.(power|energy)/.test(name)), []);
});

Deno.test("a command ends while an export of metrics is in progress", async () => {
  await using receiver = new OtlpReceiver(() => {}, 100);
  for (let time = 1; time <= 3; time++) {
    await using command = new CommandProcess(["schema"], { ...receiver.env, OTEL_METRIC_EXPORT_INTERVAL: "10" });
    assert.ok(await within(command.ended(), 60_000), "the command does not end");
    assert.equal((await command.ended()).code, 0);
  }
});
