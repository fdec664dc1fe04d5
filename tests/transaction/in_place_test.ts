import assert from "node:assert/strict";
import { startRequest, until, World } from "./world.ts";

Deno.test("MeterTransactions confirms no record while another file is in the place of the journal", async () => {
  await using world = new World();
  const away = `${world.database}.away`;
  let done = false;
  const { transactions, steps } = world.boot({
    failpoint(name) {
      if (name !== "record.before_confirm" || done) return;
      done = true;
      Deno.renameSync(world.database, away);
      Deno.writeTextFileSync(world.database, "another");
    },
  });
  await transactions.start(startRequest("tx-1"));
  await assert.rejects(transactions.stop({ transaction_id: "tx-1" }), {
    code: "JOURNAL_FAILED",
    message: /another file has replaced it/,
  });
  await assert.rejects(transactions.start(startRequest("tx-2")), { code: "JOURNAL_FAILED" });
  assert.deepEqual(steps.calls.filter((call) => call === "confirmOcmfFile"), []);
  assert.ok(steps.faults.has("JournalFailed"));
  Deno.renameSync(away, world.database);
  void transactions.recover();
  await until(() => world.meter.erased.length === 1);
});

Deno.test("MeterTransactions loses nothing when the journal is removed before a record is confirmed", async () => {
  await using world = new World();
  const { transactions } = world.boot({
    failpoint(name) {
      if (name !== "record.before_confirm") return;
      for (const suffix of ["", "-wal", "-shm"]) Deno.removeSync(world.database + suffix);
    },
  });
  await transactions.start(startRequest("tx-1"));
  assert.equal((await transactions.stop({ transaction_id: "tx-1" })).status, "OK");
  assert.equal(world.meter.erased.length, 1);
  assert.equal(world.boot().journal.records().length, 1);
});
