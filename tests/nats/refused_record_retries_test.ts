import assert from "node:assert/strict";
import { silentLog } from "../../src/base/log.ts";
import type { StoredRecord } from "../../src/journal/mod.ts";
import { UnacknowledgedRecords } from "../../src/nats/unacknowledged_records.ts";
import type { Refusal, RefusalKind } from "../../src/nats/refusal.ts";
import { RefusedRecords } from "../../src/nats/refused_records.ts";
import { FakeTime } from "../support/fake_time.ts";
import { FakeHealth } from "./setup.ts";
import { TestJournal } from "./test_journal.ts";

const minuteMs = 60_000;

const refusal = (kind: RefusalKind, reason: string = kind): Refusal => ({ kind, reason, mayBeStored: false });

/** Records 1 and 2 of evse-1, and 3 of evse-2. */
function refusedRecords() {
  using journal = new TestJournal();
  for (const meter of ["evse-1", "evse-1", "evse-2"]) journal.add(`tx-${journal.real.size() + 1}`, { meter });
  const [first, second, other] = journal.real.outbox(3) as [StoredRecord, StoredRecord, StoredRecord];
  const [time, health] = [new FakeTime(), new FakeHealth()];
  return { first, second, other, time, health, refused: new RefusedRecords({ health, log: silentLog, time }) };
}

Deno.test("RefusedRecords retries a refused record with growing delays, and the later records of its meter after it", async () => {
  const { first, second, other, time, refused } = refusedRecords();
  const waits: number[] = [];
  for (let attempt = 0; attempt < 9; attempt++) {
    refused.add(first, refusal("forbidden"));
    assert.deepEqual([first, second, other].map((row) => refused.mayTry(row)), [false, false, true]);
    waits.push(refused.nextInMs);
    await time.advance(refused.nextInMs);
    assert.deepEqual([first, second].map((row) => refused.mayTry(row)), [true, false]);
  }
  assert.deepEqual(waits, [5, 10, 20, 40, 80, 160, 300, 300, 300].map((seconds) => seconds * 1_000));
  refused.stored(first);
  assert.deepEqual([refused.mayTry(second), refused.nextInMs], [true, Infinity]);
});

Deno.test("RefusedRecords does not hold back later records of a meter behind one that is too long", () => {
  const { first, second, refused } = refusedRecords();
  refused.add(first, refusal("too_long"));
  assert.deepEqual([refused.mayTry(first), refused.mayTry(second), refused.nextInMs], [false, true, minuteMs]);
  refused.retryAll();
  assert.deepEqual([refused.mayTry(first), refused.nextInMs], [true, 0]);
});

Deno.test("RefusedRecords releases a meter when the record that held it back is too long", () => {
  const { first, second, refused } = refusedRecords();
  refused.add(first, refusal("unanswered"));
  assert.equal(refused.mayTry(second), false);
  refused.add(first, refusal("too_long"));
  assert.deepEqual([refused.mayTry(second), [...refused.blockingRecords]], [true, []]);
});

Deno.test("RefusedRecords keeps the order of a meter when an earlier record was stored and a later one waits", () => {
  const { first, second, other, refused } = refusedRecords();
  refused.add(second, refusal("refused"));
  refused.add(first, refusal("refused"));
  refused.stored(first);
  assert.deepEqual([refused.mayTry(second), refused.mayTry({ ...other, meter: second.meter })], [false, false]);
});

Deno.test("RefusedRecords raises RecordRefused for an unanswered record only while others are stored", () => {
  const { first, other, health, refused } = refusedRecords();
  refused.add(first, refusal("unanswered"));
  assert.equal(health.message("RecordRefused"), undefined);
  assert.equal(refused.waitingFor, "unanswered");
  refused.stored(other);
  assert.match(health.message("RecordRefused") ?? "", /record 1 of evse-1 \(transaction tx-1\): unanswered/);
  refused.stored(first);
  assert.deepEqual([health.message("RecordRefused"), refused.waitingFor], [undefined, undefined]);
});

Deno.test("RefusedRecords names five records in a fault and counts the others", () => {
  const { first, health, refused } = refusedRecords();
  for (let seq = 1; seq <= 7; seq++) refused.add({ ...first, seq }, refusal("too_long"));
  assert.match(health.message("RecordRefused") ?? "", /record 5 of evse-1 .*; and 2 more\. Correct/);
});

Deno.test("RefusedRecords keeps JetStreamFull until no record waits for room", () => {
  const { first, other, health, refused } = refusedRecords();
  refused.add(first, refusal("full", "no disk"));
  refused.add(other, refusal("full", "no disk"));
  refused.stored(other);
  assert.match(health.message("JetStreamFull") ?? "", /no room for records: no disk/);
  refused.stored(first);
  assert.equal(health.message("JetStreamFull"), undefined);
});

Deno.test("UnacknowledgedRecords allows any number of attempts within the duplicate window, then fewer and fewer", async () => {
  const time = new FakeTime();
  const unacknowledged = new UnacknowledgedRecords(time);
  assert.equal(unacknowledged.mayPublish(7, 60 * minuteMs), true);
  const published: number[] = [];
  for (let minute = 0; minute < 5 * 24 * 60; minute++) {
    if (unacknowledged.mayPublish(7, 60 * minuteMs)) {
      published.push(minute);
      unacknowledged.add(7);
    }
    await time.advance(minuteMs);
  }
  // Every minute for half an hour; after that the stream would store each attempt
  assert.deepEqual(published.slice(0, 3), [0, 1, 2]);
  assert.deepEqual(published.slice(30), [89, 178, 356, 712, 1424, 2848, 4288, 5728, 7168]);
  unacknowledged.remove(7);
  assert.equal(unacknowledged.has(7), false);
});
