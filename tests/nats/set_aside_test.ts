import assert from "node:assert/strict";
import { silentLog } from "../../src/base/log.ts";
import type { StoredRecord } from "../../src/journal/mod.ts";
import { UnacknowledgedRecords } from "../../src/nats/unacknowledged_records.ts";
import type { Refusal, RefusalKind } from "../../src/nats/refusal.ts";
import { SetAside } from "../../src/nats/set_aside.ts";
import { FakeTime } from "../support/fake_time.ts";
import { FakeHealth } from "./setup.ts";
import { TestJournal } from "./test_journal.ts";

const minuteMs = 60_000;

const refused = (kind: RefusalKind, reason: string = kind): Refusal => ({ kind, reason, mayBeStored: false });

/** Records 1 and 2 of evse-1, and 3 of evse-2. */
function setAside() {
  using journal = new TestJournal();
  for (const meter of ["evse-1", "evse-1", "evse-2"]) journal.add(`tx-${journal.real.size() + 1}`, { meter });
  const [first, second, other] = journal.real.outbox(3) as [StoredRecord, StoredRecord, StoredRecord];
  const [time, health] = [new FakeTime(), new FakeHealth()];
  return { first, second, other, time, health, aside: new SetAside({ health, log: silentLog, time }) };
}

Deno.test("SetAside retries a refused record with growing delays, and the later records of its meter after it", async () => {
  const { first, second, other, time, aside } = setAside();
  const waits: number[] = [];
  for (let attempt = 0; attempt < 9; attempt++) {
    aside.add(first, refused("forbidden"));
    assert.deepEqual([first, second, other].map((row) => aside.mayTry(row)), [false, false, true]);
    waits.push(aside.nextInMs);
    await time.advance(aside.nextInMs);
    assert.deepEqual([first, second].map((row) => aside.mayTry(row)), [true, false]);
  }
  assert.deepEqual(waits, [5, 10, 20, 40, 80, 160, 300, 300, 300].map((seconds) => seconds * 1_000));
  aside.stored(first);
  assert.deepEqual([aside.mayTry(second), aside.nextInMs], [true, Infinity]);
});

Deno.test("SetAside does not hold back later records of a meter behind one that is too long", () => {
  const { first, second, aside } = setAside();
  aside.add(first, refused("too_long"));
  assert.deepEqual([aside.mayTry(first), aside.mayTry(second), aside.nextInMs], [false, true, minuteMs]);
  aside.retryAll();
  assert.deepEqual([aside.mayTry(first), aside.nextInMs], [true, 0]);
});

Deno.test("SetAside releases a meter when the record that held it back is too long", () => {
  const { first, second, aside } = setAside();
  aside.add(first, refused("unanswered"));
  assert.equal(aside.mayTry(second), false);
  aside.add(first, refused("too_long"));
  assert.deepEqual([aside.mayTry(second), [...aside.blockingRecords]], [true, []]);
});

Deno.test("SetAside keeps the order of a meter when an earlier record was stored and a later one waits", () => {
  const { first, second, other, aside } = setAside();
  aside.add(second, refused("refused"));
  aside.add(first, refused("refused"));
  aside.stored(first);
  assert.deepEqual([aside.mayTry(second), aside.mayTry({ ...other, meter: second.meter })], [false, false]);
});

Deno.test("SetAside raises RecordRefused for an unanswered record only while others are stored", () => {
  const { first, other, health, aside } = setAside();
  aside.add(first, refused("unanswered"));
  assert.equal(health.message("RecordRefused"), undefined);
  assert.equal(aside.waitingFor, "unanswered");
  aside.stored(other);
  assert.match(health.message("RecordRefused") ?? "", /record 1 of evse-1 \(transaction tx-1\): unanswered/);
  aside.stored(first);
  assert.deepEqual([health.message("RecordRefused"), aside.waitingFor], [undefined, undefined]);
});

Deno.test("SetAside names five records in a fault and counts the others", () => {
  const { first, health, aside } = setAside();
  for (let seq = 1; seq <= 7; seq++) aside.add({ ...first, seq }, refused("too_long"));
  assert.match(health.message("RecordRefused") ?? "", /record 5 of evse-1 .*; and 2 more\. Correct/);
});

Deno.test("SetAside keeps JetStreamFull until no record waits for room", () => {
  const { first, other, health, aside } = setAside();
  aside.add(first, refused("full", "no disk"));
  aside.add(other, refused("full", "no disk"));
  aside.stored(other);
  assert.match(health.message("JetStreamFull") ?? "", /no room for records: no disk/);
  aside.stored(first);
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
