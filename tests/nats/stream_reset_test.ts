import assert from "node:assert/strict";
import { nanos, type NatsConnection } from "nats";
import { silentLog } from "../../src/base/log.ts";
import type { StoringStream } from "../../src/nats/stream_lookup.ts";
import { Redeliveries } from "../../src/nats/redeliveries.ts";
import { StreamReset } from "../../src/nats/stream_reset.ts";
import { FakeTime } from "../support/fake_time.ts";
import { TestJournal } from "./test_journal.ts";

const dayMs = 86_400_000;
const hourMs = 3_600_000;

const kept = (createdAt: string, lastSeq: number, maxAgeMs = 0): StoringStream => ({
  state: "found",
  stream: "KEPT",
  domain: undefined,
  createdAt,
  lastSeq,
  config: {
    allow_direct: false,
    max_age: nanos(maxAgeMs),
    max_bytes: -1,
    max_msgs: -1,
    max_msg_size: -1,
    duplicate_window: nanos(hourMs),
  },
});

/** Adds records that were delivered these numbers of days ago, with sequence numbers from 1. */
function delivered(journal: TestJournal, time: FakeTime, days: readonly number[]): void {
  for (const [index, ago] of days.entries()) {
    journal.add(`tx-${index + 1}`);
    journal.real.markDelivered(index + 1, time.now() - ago * dayMs, { stream: "KEPT", streamSeq: index + 1 });
  }
}

/** Checks a stream repeatedly, with the given states. */
async function look(journal: TestJournal, time: FakeTime, ...found: StoringStream[]): Promise<boolean> {
  let [lookup = kept("", 0)] = found;
  const ensureStreams = () => {
    lookup = found[1] ?? lookup;
    return Promise.resolve(false);
  };
  const streamReset = new StreamReset(
    { journal: journal.outbox, domain: undefined, lookup: () => lookup, ensureStreams },
    { log: silentLog, time },
  );
  // The content of the stream is unknown
  const connection = { jetstreamManager: () => Promise.reject(new Error("no")) } as unknown as NatsConnection;
  const checked = streamReset.check(connection);
  await time.advance(10_000);
  return await checked;
}

const again = (journal: TestJournal) => journal.real.redeliveries(9).map(({ transactionId }) => transactionId);

Deno.test("StreamReset sends only records again that are newer than the maximum age of a new stream", async () => {
  using journal = new TestJournal();
  const time = new FakeTime();
  time.setWall(Date.UTC(2026, 2, 31));
  delivered(journal, time, [20, 6, 1]);
  assert.equal(await look(journal, time, kept("2026-01-01T00:00:00Z", 3)), false);
  assert.equal(await look(journal, time, kept("2026-01-01T00:00:00.000Z", 3)), false);
  assert.equal(await look(journal, time, kept("2026-03-30T00:00:00Z", 0, 7 * dayMs)), true);
  assert.deepEqual(again(journal), ["tx-2", "tx-3"]);
  assert.equal(await look(journal, time, kept("2026-03-30T00:00:00Z", 2, 7 * dayMs)), false);
});

Deno.test("StreamReset sends everything again if it is unknown that only the end of the stream is missing", async () => {
  using journal = new TestJournal();
  const time = new FakeTime();
  delivered(journal, time, [20, 6, 1]);
  await look(journal, time, kept("2026-01-01T00:00:00Z", 3));
  assert.equal(await look(journal, time, kept("2026-01-01T00:00:00Z", 2)), true);
  assert.deepEqual(again(journal), ["tx-1", "tx-2", "tx-3"]);
});

Deno.test("StreamReset does not act on a single check, or on a stream without a creation time", async () => {
  using journal = new TestJournal();
  const time = new FakeTime();
  delivered(journal, time, [1]);
  await look(journal, time, kept("2026-01-01T00:00:00Z", 1));
  const [behind, caughtUp] = [kept("2026-01-01T00:00:00Z", 0), kept("2026-01-01T00:00:00Z", 1)];
  assert.equal(await look(journal, time, behind, caughtUp), false);
  assert.equal(await look(journal, time, kept("", 0)), false);
  assert.deepEqual(again(journal), []);
});

Deno.test("Redeliveries returns the records of the last half of the duplicate window, independent of the clock", async () => {
  using journal = new TestJournal();
  const time = new FakeTime();
  const due = (redeliveries: Redeliveries) => [...redeliveries.due()].map(({ seq }) => seq);
  delivered(journal, time, [1, 0.01]);
  // Another process: 14 minutes ago by the wall clock
  const redeliveries = new Redeliveries(journal.outbox, time);
  redeliveries.reconnected(hourMs);
  assert.deepEqual(due(redeliveries), [2]);
  redeliveries.remove(2);
  for (const seq of [3, 4]) {
    journal.add(`tx-${seq}`);
    redeliveries.stored(seq);
    await time.advance(20 * 60_000);
  }
  time.setWall(Date.UTC(2030, 0, 1));
  redeliveries.reconnected(hourMs);
  assert.deepEqual(due(redeliveries), [4]);
  redeliveries.remove(4);
  journal.real.redeliver({ messageIds: [journal.real.record(1)?.messageId ?? ""] });
  assert.deepEqual(due(redeliveries), [1]);
});
