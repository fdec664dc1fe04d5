import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { join } from "node:path";
import { openJournalReader } from "../../src/journal/mod.ts";
import { SimulatedMeter } from "../../src/simulator/mod.ts";
import { FaultWatch } from "../support/fault_watch.ts";
import { ask, askUntilOk, askWhileOffline, openSite } from "../support/site.ts";
import { CommandProcess } from "../support/start_process.ts";

const startRequest = {
  evse_id: "DE*ABC*E1",
  transaction_id: "tx-1",
  identification_status: "ASSIGNED",
  identification_type: "ISO14443",
  identification_flags: ["RFID_PLAIN"],
};

Deno.test("a journal that is removed while the service runs is written again, with all records", async () => {
  const meter = new SimulatedMeter({ unit: 1 });
  await using site = await openSite({ meters: [meter] });
  const faults = new FaultWatch(site.client);
  const stateDir = join(site.folder, "state");
  await using service = new CommandProcess(["start", "--config", site.config]);
  await service.line("ready");
  assert.equal((await askUntilOk(site.client, 1, "transaction.start", startRequest)).status, "OK");
  Deno.removeSync(stateDir, { recursive: true });
  assert.equal((await ask(site.client, 1, "transaction.stop", { transaction_id: "tx-1" })).status, "OK");
  assert.equal(meter.ocmfState, "NOT_READY");
  await faults.untilRaised("_node.JournalFailed");
  service.signal("SIGKILL");
  await service.ended();
  const reader = openJournalReader(stateDir);
  assert.deepEqual(reader.records().map(({ transactionId, reason }) => [transactionId, reason]), [["tx-1", "stopped"]]);
  reader.close();
});

Deno.test("a journal that is damaged while the service runs stores no record until the restart", async () => {
  const meter = new SimulatedMeter({ unit: 1 });
  await using site = await openSite({ meters: [meter] });
  const faults = new FaultWatch(site.client);
  const records = site.client.subscribe("wattseal.test.*.ocmf", { max: 1 });
  await using first = new CommandProcess(["start", "--config", site.config]);
  await first.line("ready");
  assert.equal((await askUntilOk(site.client, 1, "transaction.start", startRequest)).status, "OK");
  damagePages(join(site.folder, "state", "journal.db"));
  const stop = await askWhileOffline(site.client, 1, "transaction.stop", { transaction_id: "tx-1" });
  assert.equal(stop.code, "JOURNAL_FAILED");
  await faults.untilRaised("_node.JournalDamaged");
  const start = await askWhileOffline(site.client, 1, "transaction.start", { ...startRequest, transaction_id: "tx-2" });
  assert.equal(start.code, "JOURNAL_FAILED");
  assert.notEqual(meter.ocmfState, "NOT_READY");
  first.signal("SIGTERM");
  await first.ended();
  await using second = new CommandProcess(["start", "--config", site.config]);
  await second.line("ready");
  if (meter.ocmfState === "RUNNING") {
    await askWhileOffline(site.client, 1, "transaction.stop", { transaction_id: "tx-1" });
  }
  for await (const message of records) assert.equal(message.json<{ transaction_id: string }>().transaction_id, "tx-1");
});

/** Overwrites all but the first page of a database that is in use. */
function damagePages(path: string): void {
  const db = new DatabaseSync(path);
  db.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  using file = Deno.openSync(path, { write: true });
  file.seekSync(4096, Deno.SeekMode.Start);
  file.writeSync(new Uint8Array(file.statSync().size - 4096).fill(0xaa));
  // A write of another connection invalidates the cache
  db.exec("PRAGMA user_version = 3");
  db.close();
}
