import assert from "node:assert/strict";
import { join } from "node:path";
import { systemTime } from "../../src/base/time.ts";
import { askService } from "../../src/control/mod.ts";
import { SimulatedMeter } from "../../src/simulator/mod.ts";
import { FaultWatch } from "../support/fault_watch.ts";
import { runCommand } from "../support/run_command.ts";
import { askUntilOk, openSite } from "../support/site.ts";
import { CommandProcess } from "../support/start_process.ts";

const start = {
  evse_id: "DE*ABC*E1",
  transaction_id: "tx-1",
  identification_status: "NOT_ASSIGNED",
  identification_type: "NONE",
  identification_flags: [],
};

Deno.test("start reads its configuration again under load: SIGHUP and the control socket, with a running transaction", async () => {
  const meters = Array.from({ length: 13 }, (_, place) => new SimulatedMeter({ unit: place + 1 }));
  await using site = await openSite({ meters });
  const { client, config } = site;
  const text = await Deno.readTextFile(config);
  const stateDir = join(site.folder, "state");
  const reload = () => askService(stateDir, { command: "reload" }, 60_000);
  await using service = new CommandProcess(["start", "--config", config]);
  assert.ok(await service.line("ready"));
  const faults = new FaultWatch(client);
  await askUntilOk(client, 1, "transaction.start", start);

  // One meter changed, one added, one removed
  site.line.add(new SimulatedMeter({ unit: 14 }));
  const entry = (unit: number, more = "") => `      - { name: evse-${unit}, powermeter_device_id: ${unit}${more} }\n`;
  const changed = text.replace(entry(3), "").replace(entry(2), entry(2, ", live_measurement_interval_ms: 2000"))
    .replace(entry(13), entry(13) + entry(14));
  await Deno.writeTextFile(config, changed);
  const added = client.subscribe("wattseal.test.evse-14.reading");
  service.signal("SIGHUP");
  await service.said("The configuration is in force: 3 changes");
  for await (const _reading of added) break;
  // On a busy machine, a change may wait for a recovery
  await service.said('"Configuration: meter evse-3 is removed"');
  await service.said('signed_value_interval_ms)"');

  // A faulty file
  const faulty = changed.replace("baudrate: 115200", "baudrate: 9601").replace("site: test", "site: a b");
  await Deno.writeTextFile(config, faulty);
  const { err } = await runCommand(["check-config", config]);
  assert.equal(err.trim().split("\n").length, 2);
  const refused = await runCommand(["reload", "--config", config]);
  const oldStays = "The new configuration is refused, and the old one stays in force";
  assert.deepEqual(refused, { code: 2, out: "", err: `${err}${oldStays}\n` });
  await faults.untilRaised("_node.ConfigurationRefused");

  // Keys that need a restart, with a change that needs none
  await Deno.writeTextFile(config, `${text}state_dir: ./other\nspool: { mode: memory }\n`);
  const elsewhere = await runCommand(["reload", "--config", config]);
  assert.equal(elsewhere.code, 3);
  assert.match(elsewhere.err, /other\/control\.sock; if the file names another state_dir .* with --state-dir\n$/);
  const partial = await runCommand(["reload", "--state-dir", stateDir]);
  assert.deepEqual([partial.code, partial.out], [1, ""]);
  assert.match(partial.err, /A change of state_dir, spool\.mode needs a restart/);

  // The transaction runs on a meter that is removed
  await Deno.writeTextFile(config, changed.replace(entry(1), ""));
  const waiting = await reload();
  assert.deepEqual({ ...waiting, warnings: [] }, {
    ok: true,
    file: config,
    applied: [],
    waiting: ["meter evse-1 is removed as soon as no transaction is open on evse-1"],
    warnings: [],
  });
  const record = client.subscribe("wattseal.test.evse-1.ocmf", { max: 1 });
  await askUntilOk(client, 1, "transaction.stop", { transaction_id: "tx-1" });
  for await (const message of record) assert.equal(message.json<{ transaction_id: string }>().transaction_id, "tx-1");
  await service.said('"Configuration: meter evse-1 is removed"');
  const manager = await client.jetstreamManager();
  const statesOf = async (meter: string) => {
    const filter = { subjects_filter: `wattseal.test.${meter}.>` };
    return Object.keys((await manager.streams.info("WATTSEAL_STATE", filter)).state.subjects ?? {});
  };
  while ((await statesOf("evse-1")).length + (await statesOf("evse-3")).length > 0) await systemTime.sleep(100);
  assert.notDeepEqual(await statesOf("evse-4"), []);

  // Everything as before, and a changed log
  await Deno.writeTextFile(config, text.replace("log: { format: json }", "log: { format: text }"));
  const { code, out } = await runCommand(["reload", "--config", config]);
  assert.equal(code, 0);
  assert.deepEqual(out.replace(/ \([^)]*\)|, \d of them when .*| as soon as .*/g, "").split("\n").toSorted(), [
    "",
    "  log.format is changed",
    "  meter evse-1 is added",
    "  meter evse-14 is removed",
    "  meter evse-2 is changed",
    "  meter evse-3 is added",
    `${config} is in force: 5 changes`,
  ]);
  await service.said(" INFO  The configuration is in force: 5 changes");
  await faults.until();
  service.signal("SIGTERM");
  assert.equal((await service.ended()).code, 0);
});
