import assert from "node:assert/strict";
import { SimulatedMeter } from "../../src/simulator/mod.ts";
import { metricDefinitions } from "../../src/metrics/definitions.ts";
import { endpointOf, freeAddress } from "../support/own_address.ts";
import { openSite, type Site } from "../support/site.ts";
import { CommandProcess } from "../support/start_process.ts";
import { systemTime } from "../../src/base/time.ts";

const hasPromtool = await runs("promtool");

/** Whether a program is installed. */
async function runs(program: string): Promise<boolean> {
  try {
    return (await new Deno.Command(program, { args: ["--version"] }).output()).success;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    return false;
  }
}

/** The samples of a page by name and labels: `wattseal_line_open{line="rs485-1"}`. */
function samplesOf(page: string): Map<string, number> {
  return new Map(
    page.split("\n").filter((row) => row !== "" && !row.startsWith("#")).map((row): [string, number] => {
      const [, key = "", value = ""] = /^(.*) (\S+)$/.exec(row) ?? [];
      return [key, Number(value)];
    }),
  );
}

/** Reads the page until it has the expected samples. */
async function pageWith(url: string, has: (samples: Map<string, number>) => boolean): Promise<string> {
  while (true) {
    const page = await fetch(url).then((response) => response.text(), () => "");
    if (has(samplesOf(page))) return page;
    await systemTime.sleep(200);
  }
}

async function siteWithMetrics(address: string): Promise<Site> {
  return await openSite({
    meters: [new SimulatedMeter({ unit: 1 }), new SimulatedMeter({ unit: 2 })],
    topKeys: `metrics: { listen: "${address}" }\n`,
  });
}

const online = (meter: string) => `wattseal_meter_state{meter="${meter}",line="rs485-1",state="online"}`;
const ofMeter = (name: string, meter: string) => `${name}{meter="${meter}",line="rs485-1"}`;

Deno.test("the page has the values of a service, follows a reload, and answers only what is asked there", async () => {
  const address = freeAddress();
  await using site = await siteWithMetrics(address);
  await using service = new CommandProcess(["start", "--config", site.config]);
  const url = `http://${address}/metrics`;
  const ready = (samples: Map<string, number>) =>
    samples.get("wattseal_nats_connected") === 1 &&
    ["evse-1", "evse-2"].every((meter) =>
      samples.get(online(meter)) === 1 && samples.has(ofMeter("wattseal_meter_energy_import_watthours", meter))
    ) && samples.has('wattseal_event_loop_delay_seconds{quantile="0.99"}');
  const page = await pageWith(url, ready);
  const samples = samplesOf(page);

  for (const { name, type, help } of metricDefinitions) {
    assert.ok(page.includes(`# HELP ${name} ${help}\n# TYPE ${name} ${type}\n`), name);
  }
  const names = new Set([...samples.keys()].map((key) => key.split("{")[0]));
  const absent = metricDefinitions.map(({ name }) => name).filter((name) => !names.has(name));
  assert.deepEqual(
    absent.filter((name) => name !== "wattseal_clock_synchronised"),
    ["wattseal_meter_transaction_age_seconds"],
    "metrics without a value",
  );
  assert.equal(samples.get("wattseal_starts_total"), 1);
  assert.equal(samples.get("wattseal_records_undelivered"), 0);
  assert.equal(samples.get('wattseal_records_total{verdict="valid"}'), 0);
  assert.equal(samples.get('wattseal_node_fault_active{fault="JournalFailed",severity="High"}'), 0);
  assert.equal(samples.get(ofMeter("wattseal_meter_transaction_open", "evse-1")), 0);
  assert.ok((samples.get(ofMeter("wattseal_meter_reading_age_seconds", "evse-1")) ?? -1) >= 0);
  assert.ok((samples.get("wattseal_journal_size_bytes") ?? 0) > 0);
  assert.ok((samples.get("wattseal_disk_free_bytes") ?? 0) <= (samples.get("wattseal_disk_size_bytes") ?? 0));
  assert.equal(samples.get('wattseal_line_open{line="rs485-1"}'), 1);

  const head = await fetch(url, { method: "HEAD" });
  assert.deepEqual([head.status, await head.text()], [200, ""]);
  assert.match(head.headers.get("content-type") ?? "", /^text\/plain; version=0\.0\.4/);
  const statusOf = async (path: string, method = "GET") => {
    const response = await fetch(`http://${address}${path}`, { method });
    await response.body?.cancel();
    return response.status;
  };
  assert.deepEqual([await statusOf("/"), await statusOf("/metricsx"), await statusOf("/metrics", "POST")], [
    404,
    404,
    405,
  ]);
  assert.match(await rawAnswer(address, `GET /metrics HTTP/1.1\r\nx: ${"a".repeat(20_000)}`), /^HTTP\/1\.1 431 /);
  assert.match(await rawAnswer(address, "nonsense\r\n\r\n"), /^HTTP\/1\.1 400 /);

  const text = await Deno.readTextFile(site.config);
  await Deno.writeTextFile(site.config, text.replace(/.*name: evse-2,.*\n/, ""));
  service.signal("SIGHUP");
  const later = await pageWith(url, (now) => isThere(now) && !now.has(online("evse-2")));
  assert.ok(!later.includes("evse-2"));
  assert.equal(samplesOf(later).get(online("evse-1")), 1);

  service.signal("SIGTERM");
  assert.equal((await service.ended()).code, 0);
  await using again = new CommandProcess(["start", "--config", site.config]);
  assert.equal(samplesOf(await pageWith(url, isThere)).get("wattseal_starts_total"), 2);
  again.signal("SIGTERM");
  assert.equal((await again.ended()).code, 0);
});

const isThere = (samples: Map<string, number>) => samples.has("wattseal_starts_total");

async function rawAnswer(address: string, request: string): Promise<string> {
  using connection = await Deno.connect(endpointOf(address));
  await connection.write(new TextEncoder().encode(request));
  const bytes = new Uint8Array(1_000);
  const count = await connection.read(bytes) ?? 0;
  return new TextDecoder().decode(bytes.subarray(0, count));
}

Deno.test("the service starts although the port is in use, and the page comes when it is free", async () => {
  const address = freeAddress();
  const other = Deno.listen(endpointOf(address));
  await using site = await siteWithMetrics(address);
  await using service = new CommandProcess(["start", "--config", site.config]);
  await service.said("tries again");
  other.close();
  await pageWith(`http://${address}/metrics`, isThere);
  service.signal("SIGTERM");
  assert.equal((await service.ended()).code, 0);
});

Deno.test({
  name: "promtool accepts the page",
  ignore: !hasPromtool,
  fn: async () => {
    const address = freeAddress();
    await using site = await siteWithMetrics(address);
    await using service = new CommandProcess(["start", "--config", site.config]);
    const page = await pageWith(
      `http://${address}/metrics`,
      (now) => now.get(online("evse-1")) === 1 && now.has('wattseal_event_loop_delay_seconds{quantile="0.5"}'),
    );
    const tool = new Deno.Command("promtool", { args: ["check", "metrics"], stdin: "piped", stderr: "piped" }).spawn();
    const writer = tool.stdin.getWriter();
    await writer.write(new TextEncoder().encode(page));
    await writer.close();
    const { code, stderr } = await tool.output();
    assert.deepEqual([code, new TextDecoder().decode(stderr)], [0, ""]);
    service.signal("SIGTERM");
    assert.equal((await service.ended()).code, 0);
  },
});
