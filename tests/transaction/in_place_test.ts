import assert from "node:assert/strict";
import { startRequest, until, World } from "./world.ts";

Deno.test("TransactionDesk confirms no record while another file is in the journal's place", async () => {
  await using world = new World();
  const away = `${world.database}.away`;
  let done = false;
  const { desk, steps } = world.boot({
    failpoint(name) {
      if (name !== "record.before_confirm" || done) return;
      done = true;
      Deno.renameSync(world.database, away);
      Deno.writeTextFileSync(world.database, "another");
    },
  });
  await desk.start(startRequest("tx-1"));
  await assert.rejects(desk.stop({ transaction_id: "tx-1" }), {
    code: "JOURNAL_FAILED",
    message: /another file has replaced it/,
  });
  await assert.rejects(desk.start(startRequest("tx-2")), { code: "JOURNAL_FAILED" });
  assert.deepEqual(steps.calls.filter((call) => call === "confirmOcmfFile"), []);
  assert.ok(steps.faults.has("JournalFailed"));
  Deno.renameSync(away, world.database);
  void desk.recover();
  await until(() => world.meter.erased.length === 1);
});

Deno.test("TransactionDesk loses nothing when the journal is removed before a record is confirmed", async () => {
  await using world = new World();
  const { desk } = world.boot({
    failpoint(name) {
      if (name !== "record.before_confirm") return;
      for (const suffix of ["", "-wal", "-shm"]) Deno.removeSync(world.database + suffix);
    },
  });
  await desk.start(startRequest("tx-1"));
  assert.equal((await desk.stop({ transaction_id: "tx-1" })).status, "OK");
  assert.equal(world.meter.erased.length, 1);
  assert.equal(world.boot().journal.records().length, 1);
});
