import assert from "node:assert/strict";
import { join } from "node:path";
import { openJournal, openJournalReader } from "../../src/journal/mod.ts";
import { SimulatedMeter } from "../../src/simulator/mod.ts";
import { newRecord, openChange } from "../journal/temp_folder.ts";
import { runCommand } from "../support/run_command.ts";
import { ask, askUntilOk, askWhileOffline, openSite } from "../support/site.ts";
import { CommandProcess } from "../support/start_process.ts";

const dayMs = 86_400_000;

function startRequest(id: string) {
  return {
    evse_id: "DE*ABC*E1",
    transaction_id: id,
    identification_status: "ASSIGNED",
    identification_type: "ISO14443",
    identification_flags: ["RFID_PLAIN"],
    identification_data: "1F2D3A4F5506C7",
    tariff_text: '0.42 \u20ac/kWh & "night" <22h',
  };
}

Deno.test("journal export writes exactly the published payloads of a running service, and backup copies them", async () => {
  const meters = [new SimulatedMeter({ unit: 1 }), new SimulatedMeter({ unit: 2, keyBits: 384 })];
  await using site = await openSite({ meters, meterKeys: "public_key_format: der" });
  await using service = new CommandProcess(["start", "--config", site.config]);
  await service.line("ready");
  const messages = site.client.subscribe("wattseal.test.*.ocmf", { max: 4 });
  const published: string[] = [];
  for (const [unit, id] of [[1, "tx-1"], [2, "tx-2"], [1, "tx-3"], [2, "tx-4"]] as const) {
    assert.equal((await askUntilOk(site.client, unit, "transaction.start", startRequest(id))).status, "OK");
    assert.equal((await ask(site.client, unit, "transaction.stop", { transaction_id: id })).status, "OK");
  }
  for await (const message of messages) published.push(message.string());

  const place = ["--config", site.config];
  const exported = await runCommand(["journal", "export", ...place]);
  assert.deepEqual(exported.out.trimEnd().split("\n"), published);
  for (const format of ["jsonl", "xml"]) {
    const file = join(site.folder, `records.${format}`);
    assert.equal((await runCommand(["journal", "export", ...place, "--format", format, "--output", file])).code, 0);
    const verified = await runCommand(["verify", file, "--json"]);
    assert.equal(verified.code, 0, verified.out);
    assert.equal(verified.out.trimEnd().split("\n").length, 4);
  }
  const copy = join(site.folder, "copy", "journal.db");
  Deno.mkdirSync(join(site.folder, "copy"));
  assert.equal((await runCommand(["journal", "backup", ...place, copy])).code, 0);
  const copied = await runCommand(["journal", "export", "--state-dir", join(site.folder, "copy")]);
  // A folder does not contain the name of its site
  assert.equal(copied.out, exported.out.replaceAll('"site":"test",', ""));

  await site.server.stop();
  const listed = await runCommand(["journal", "list", ...place, "--json"]);
  assert.deepEqual([listed.code, listed.out.trimEnd().split("\n").length], [0, 4]);
  const shown = await runCommand(["journal", "show", ...place, "tx-2"]);
  assert.match(shown.out, /finished: stopped[\s\S]*identification_data +1F2D3A4F5506C7[\s\S]*signature +valid/);
});

Deno.test("the service removes only records that were delivered long ago at its start", async () => {
  await using site = await openSite({
    meters: [new SimulatedMeter({ unit: 1 })],
    topKeys: "journal: { retention_days: 30 }\n",
  });
  const stateDir = join(site.folder, "state");
  const journal = openJournal(stateDir, { now: Date.now });
  for (const [id, days] of [["tx-1", 31], ["tx-2", 29], ["tx-3", undefined]] as const) {
    const atMs = Date.now() - (days ?? 99) * dayMs;
    journal.change({ ...openChange(id), state: "running", atMs });
    const { record } = journal.storeRecord({ ...newRecord(id), publicKey: "", readAtMs: atMs });
    if (days !== undefined) journal.markDelivered(record.seq, atMs);
  }
  journal.close();
  await using service = new CommandProcess(["start", "--config", site.config]);
  await service.line("ready");
  const reader = openJournalReader(stateDir);
  assert.deepEqual(reader.records().map(({ transactionId }) => transactionId), ["tx-2", "tx-3"]);
  assert.deepEqual(reader.transactions().map(({ transactionId }) => transactionId), ["tx-2", "tx-3"]);
  reader.close();
  const { code } = await askWhileOffline(site.client, 1, "transaction.stop", { transaction_id: "tx-1" });
  assert.equal(code, "UNKNOWN_TRANSACTION");
  service.signal("SIGTERM");
  assert.equal((await service.ended()).code, 0);
});

Deno.test("a record that was fetched by hand is published when the service runs again", async () => {
  const meter = new SimulatedMeter({ unit: 1 });
  await using site = await openSite({ meters: [meter] });
  const messages = site.client.subscribe("wattseal.test.*.ocmf", { max: 1 });
  await using first = new CommandProcess(["start", "--config", site.config]);
  await first.line("ready");
  assert.equal((await askUntilOk(site.client, 1, "transaction.start", startRequest("tx-1"))).status, "OK");
  first.signal("SIGKILL");
  await first.ended();
  meter.powerCycle();
  assert.equal(meter.ocmfState, "READY");
  const fetched = await runCommand(["journal", "fetch", "--config", site.config, "--meter", "evse-1", "--json"]);
  assert.equal(fetched.code, 0, fetched.err);
  const { seq: _, ...result } = JSON.parse(fetched.out);
  assert.deepEqual([result.reason, result.evse_id, meter.ocmfState], ["power_loss", "DE*ABC*E1", "NOT_READY"]);
  assert.equal(result.start_signed_meter_value?.encoding_method, "plain");
  await using _second = new CommandProcess(["start", "--config", site.config]);
  for await (const message of messages) assert.deepEqual(message.json(), { ...result, site: "test" });
});
