import assert from "node:assert/strict";
import { SimulatedMeter } from "../../src/simulator/mod.ts";
import { openSite } from "../support/site.ts";
import { CommandProcess } from "../support/start_process.ts";

interface Point {
  readonly asInt?: string;
  readonly asDouble?: number;
  readonly attributes?: readonly { readonly key: string; readonly value: { readonly stringValue?: string } }[];
}

interface Export {
  readonly resourceMetrics: readonly {
    readonly scopeMetrics: readonly {
      readonly scope?: { readonly name?: string };
      readonly metrics: readonly { readonly name: string; readonly sum?: Series; readonly gauge?: Series }[];
    }[];
  }[];
}

interface Series {
  readonly dataPoints: readonly Point[];
}

/** The values of the metrics by name and attributes: `wattseal.line.open line=rs485-1`. */
function valuesOf(body: Export): Map<string, number> {
  const scopes = body.resourceMetrics.flatMap(({ scopeMetrics }) => scopeMetrics);
  const ours = scopes.filter(({ scope }) => scope?.name === "wattseal").flatMap(({ metrics }) => metrics);
  return new Map(
    ours.flatMap(({ name, sum, gauge }) =>
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
  const arrived = Promise.withResolvers<Map<string, number>>();
  await using receiver = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, async (request) => {
    const body: unknown = await request.json();
    if (new URL(request.url).pathname === "/v1/metrics") {
      const values = valuesOf(body as Export);
      // A busy machine exports before each meter has answered
      const isComplete = (values.get("wattseal.meter.errors kind=crc line=rs485-1 meter=evse-1") ?? 0) > 0 &&
        values.has("wattseal.meter.latency line=rs485-1 meter=evse-2 quantile=0.99");
      if (isComplete) arrived.resolve(values);
    }
    return Response.json({});
  });
  await using site = await openSite({ meters: [new SimulatedMeter({ unit: 1 }), new SimulatedMeter({ unit: 2 })] });
  // On a busy machine some of these answers are late, which is a different error
  site.line.misbehave({ kind: "bad_crc" }, { unit: 1, address: 0, times: 100_000 });
  await using service = new CommandProcess(["start", "--config", site.config], {
    OTEL_DENO: "true",
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${receiver.addr.port}`,
    OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
    OTEL_METRIC_EXPORT_INTERVAL: "500",
  });
  const values = await arrived.promise;
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
});
