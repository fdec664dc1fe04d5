import assert from "node:assert/strict";
import { SimulatedMeter } from "../../src/simulator/mod.ts";
import { metricDefinitions } from "../../src/metrics/definitions.ts";
import { neededRights } from "../../src/nats/needed_rights.ts";
import { admin, startGuardedServer } from "../support/guarded_server.ts";
import { runCommand } from "../support/run_command.ts";
import { rawAnswer } from "./raw_client.ts";
import { mistakesIn } from "./text_format.ts";
import { freeAddress } from "../support/own_address.ts";
import { openSite, type Site } from "../support/site.ts";
import { CommandProcess } from "../support/start_process.ts";
import { systemTime } from "../../src/base/time.ts";

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
    // A longer one causes a warning at each reload
    initialTimeoutMs: 1_000,
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
  assert.deepEqual(mistakesIn(page), []);

  const text = (await Deno.readTextFile(site.config)).replace(/.*name: evse-2,.*\n/, "");
  const second = freeAddress();
  await Deno.writeTextFile(site.config, text.replace(address, second));
  service.signal("SIGHUP");
  const later = await pageWith(`http://${second}/metrics`, (now) => isThere(now) && !now.has(online("evse-2")));
  assert.ok(!later.includes("evse-2"));
  assert.equal(samplesOf(later).get(online("evse-1")), 1);
  await assert.rejects(rawAnswer(address, ""), Deno.errors.ConnectionRefused);

  // The address of the NATS server is in use
  await Deno.writeTextFile(site.config, text.replace(address, site.server.address));
  const reload = () => runCommand(["reload", "--config", site.config]);
  const { code, err } = await reload();
  assert.equal(code, 0);
  assert.match(err, /^warning: Cannot provide metrics on 127\..*; they stay on 127\..* Address already in use\n$/);
  await pageWith(`http://${second}/metrics`, isThere);
  await Deno.writeTextFile(site.config, text.replace(/^metrics:.*\n/m, ""));
  assert.deepEqual(await reload().then(({ code, err }) => [code, err]), [0, ""]);
  await assert.rejects(rawAnswer(second, ""), Deno.errors.ConnectionRefused);
  await Deno.writeTextFile(site.config, text);

  service.signal("SIGTERM");
  assert.equal((await service.ended()).code, 0);
  await using again = new CommandProcess(["start", "--config", site.config]);
  assert.equal(samplesOf(await pageWith(url, isThere)).get("wattseal_starts_total"), 2);
  again.signal("SIGTERM");
  assert.equal((await again.ended()).code, 0);
});

const isThere = (samples: Map<string, number>) => samples.has("wattseal_starts_total");

Deno.test("the page is complete for a NATS user with few permissions, and comes when its address is free", async () => {
  const all = neededRights("node", { prefix: "wattseal", site: "test", inboxPrefix: "_INBOX_test", creates: [] });
  const few = { publish: ["wattseal.test.*.reading"], subscribe: all.subscribe.filter((one) => !one.includes("*")) };
  await using guarded = await startGuardedServer({ limited: few });
  const { server } = guarded;
  await using site = await openSite({
    meters: [new SimulatedMeter({ unit: 1 })],
    // In use by the NATS server
    topKeys: `metrics: { listen: "${server.address}" }\n`,
    nats: { server, keys: "user: limited, password: p, inbox_prefix: _INBOX_test", client: admin },
  });
  await using service = new CommandProcess(["start", "--config", site.config]);
  await service.said("Cannot provide metrics");
  const address = freeAddress();
  const text = await Deno.readTextFile(site.config);
  await Deno.writeTextFile(site.config, text.replace(`listen: "${server.address}"`, `listen: "${address}"`));
  service.signal("SIGHUP");
  const denied = 'wattseal_node_fault_active{fault="AccessDenied",severity="High"}';
  const page = await pageWith(
    `http://${address}/metrics`,
    (samples) => samples.get(denied) === 1 && samples.get(online("evse-1")) === 1,
  );
  assert.deepEqual(mistakesIn(page), []);
  for (const { name } of metricDefinitions) assert.ok(page.includes(`# TYPE ${name} `), name);
  const samples = samplesOf(page);
  assert.equal(samples.get("wattseal_nats_connected"), 1);
  assert.ok((samples.get(ofMeter("wattseal_meter_exchanges_total", "evse-1")) ?? 0) > 0);
  service.signal("SIGTERM");
  assert.equal((await service.ended()).code, 0);
});
