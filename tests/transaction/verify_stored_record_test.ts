import assert from "node:assert/strict";
import type { TransactionSteps } from "../../src/meter/mod.ts";
import { PhysicalMeter } from "./physical_meter.ts";
import { startRequest, until, World } from "./world.ts";

const activeFaults = ({ faults }: Pick<TransactionSteps, "faults">) => faults.active.map(({ subType }) => subType);

Deno.test("MeterTransactions verifies records at once that a crash has left without a verdict", async () => {
  await using world = new World();
  const first = world.boot({ failpoint: (name) => name === "record.after_store" ? first.steps.die() : undefined });
  await first.transactions.start(startRequest("tx-1"));
  void first.transactions.stop({ transaction_id: "tx-1" });
  await first.steps.died;
  assert.equal(first.journal.records()[0]?.verdict, undefined);
  const { journal } = world.boot();
  await until(() => [...journal.recordsWithoutVerdict("evse-1")].length === 0);
  assert.deepEqual(journal.records()[0]?.verdict, {
    signature: "valid",
    session: "ok",
    key: "first_seen",
    problems: [],
  });
});

Deno.test("MeterTransactions verifies a record again with the previous one in the journal, not with the last pagination", async () => {
  await using world = new World();
  const { transactions } = world.boot();
  for (const id of ["tx-1", "tx-2", "tx-3"]) {
    await transactions.start(startRequest(id));
    await transactions.stop({ transaction_id: id });
  }
  for (const lost of ["seq = 1", "seq = 2", "seq = 3", "true"]) {
    world.sabotage(`UPDATE records SET verdict = NULL WHERE ${lost}`);
    const { journal } = world.boot();
    await until(() => [...journal.recordsWithoutVerdict("evse-1")].length === 0);
    assert.deepEqual(journal.records().map(({ verdict }) => [verdict?.session, verdict?.problems]), [
      ["ok", []],
      ["ok", []],
      ["ok", []],
    ]);
    assert.equal(journal.memory("BY1234567.2025").lastPagination, 3);
  }
});

Deno.test("MeterTransactions detects a repeated pagination from the previous record", async () => {
  await using world = new World();
  const { transactions, steps, journal } = world.boot();
  await transactions.start(startRequest("tx-1"));
  await transactions.stop({ transaction_id: "tx-1" });
  steps.connect(new PhysicalMeter());
  await transactions.start(startRequest("tx-2"));
  await transactions.stop({ transaction_id: "tx-2" });
  assert.match(journal.records()[1]?.verdict?.problems.join() ?? "", /T1, but T2 is expected: it is repeated/);
});

Deno.test("MeterTransactions compares a record with the serial number of its meter even after a crash", async () => {
  await using world = new World();
  const first = world.boot({ failpoint: (name) => name === "record.after_store" ? first.steps.die() : undefined });
  world.meter.namedSerialNumber = "OTHER123";
  await first.transactions.start(startRequest("tx-1"));
  void first.transactions.stop({ transaction_id: "tx-1" });
  await first.steps.died;
  const { journal } = world.boot();
  await until(() => [...journal.recordsWithoutVerdict("evse-1")].length === 0);
  const verdict = journal.records()[0]?.verdict;
  assert.equal(verdict?.session, "violated");
  assert.match(verdict?.problems.join() ?? "", /belongs to meter OTHER123, not to BY1234567$/);
});

Deno.test("MeterTransactions raises a fault for an invalid record, and publishes it anyway", async () => {
  await using world = new World();
  const { transactions, steps, journal } = world.boot();
  await transactions.start(startRequest("tx-1"));
  world.meter.close("P");
  const at = world.meter.file.length - 60;
  world.meter.file = world.meter.file.with(at, (world.meter.file[at] ?? 0) === 0x41 ? 0x42 : 0x41);
  assert.equal((await transactions.stop({ transaction_id: "tx-1" })).status, "OK");
  assert.equal(journal.outbox(1)[0]?.verdict?.signature, "invalid");
  assert.deepEqual(activeFaults(steps), ["RecordNotVerified"]);
  await transactions.start(startRequest("tx-2"));
  await transactions.stop({ transaction_id: "tx-2" });
  assert.deepEqual(activeFaults(steps), []);
});
