import assert from "node:assert/strict";
import { join } from "node:path";
import { SimulatedMeter } from "../../src/simulator/mod.ts";
import { openSite } from "../support/site.ts";
import { CommandProcess } from "../support/start_process.ts";

Deno.test("start prints ready in one line, publishes stopped for each meter on SIGTERM and exits with 0", async () => {
  await using site = await openSite({ meters: [new SimulatedMeter({ unit: 1 }), new SimulatedMeter({ unit: 2 })] });
  const stopped = site.client.subscribe("wattseal.test.*.status");
  await site.client.flush();
  await using service = new CommandProcess(["start", "--config", site.config]);
  // On a busy machine a meter may answer only later
  const { time, silent_meters: _, ...ready } = JSON.parse(await service.line("ready") ?? "{}");
  assert.deepEqual(ready, { level: "info", event: "ready", site: "test", meters: 2, problems: [] });
  assert.match(time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);

  service.signal("SIGTERM");
  const { code, out } = await service.ended();
  assert.equal(code, 0);
  assert.equal(out.trim().split("\n").length, 1);
  await site.client.flush();
  const last = new Map<string, string>();
  await stopped.drain();
  for await (const message of stopped) last.set(message.subject, message.json<{ state: string }>().state);
  assert.deepEqual(
    [...last.entries()].sort(),
    ["_node", "evse-1", "evse-2"].map((name) => [`wattseal.test.${name}.status`, "stopped"]),
  );
});

Deno.test("the ready line names the meters that do not answer", async () => {
  await using site = await openSite({ meters: [new SimulatedMeter({ unit: 1 })], initialTimeoutMs: 200 });
  const text = await Deno.readTextFile(site.config);
  await Deno.writeTextFile(site.config, `${text}      - { name: evse-9, powermeter_device_id: 9 }\n`);
  await using service = new CommandProcess(["start", "--config", site.config]);
  const { meters, silent_meters: silent } = JSON.parse(await service.line("ready") ?? "{}");
  assert.equal(meters, 2);
  assert.ok(silent.includes("evse-9"), String(silent));
});

Deno.test("start refuses a state folder that another process uses", async () => {
  await using site = await openSite({ meters: [new SimulatedMeter({ unit: 1 })] });
  await using first = new CommandProcess(["start", "--config", site.config]);
  await first.line("ready");
  await using second = new CommandProcess(["start", "--config", site.config]);
  const { code, err } = await second.ended();
  assert.equal(code, 1);
  assert.match(err, new RegExp(`${join(site.folder, "state")}.*another process`));
});

Deno.test("start reports every error in its configuration and exits with 2", async () => {
  const folder = await Deno.makeTempDir({ prefix: "wattseal-test-" });
  const config = join(folder, "bad.yaml");
  await Deno.writeTextFile(config, "site: a.b\nlines:\n  - name: x\n    baudrate: 9601\n");
  await using service = new CommandProcess(["start", "--config", config]);
  const { code, out, err } = await service.ended();
  await Deno.remove(folder, { recursive: true });
  assert.equal(code, 2);
  assert.equal(out, "");
  for (const place of [":1:7: site", ":4:15: lines[0].baudrate"]) assert.ok(err.includes(place), `${place}\n${err}`);
});

Deno.test("start reports a missing serial port, retries and ends cleanly", async () => {
  await using site = await openSite({ meters: [new SimulatedMeter({ unit: 1 })] });
  await site.line.unplug();
  const fault = site.client.subscribe("wattseal.test.evse-1.fault.CommunicationError");
  await site.client.flush();
  await using service = new CommandProcess(["start", "--config", site.config]);
  for await (const message of fault) {
    const { active, type, severity, message: sentence } = message.json<Record<string, unknown>>();
    assert.deepEqual({ active, type, severity }, {
      active: true,
      type: "powermeter/CommunicationFault",
      severity: "High",
    });
    assert.ok(String(sentence).includes(join(site.folder, "meter")), String(sentence));
    break;
  }
  const cleared = site.client.subscribe("wattseal.test.evse-1.fault.CommunicationError");
  await site.client.flush();
  site.line.plug();
  for await (const message of cleared) {
    if (message.json<{ active: boolean }>().active === false) break;
  }
  service.signal("SIGINT");
  assert.equal((await service.ended()).code, 0);
});
