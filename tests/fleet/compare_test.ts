import assert from "node:assert/strict";
import { compareRecords } from "../../src/fleet/compare.ts";
import type { HubRecord } from "../../src/fleet/hub_records.ts";
import type { NodeJournal } from "../../src/fleet/node_journals.ts";

const nowMs = Date.UTC(2026, 0, 31, 8);
type Entry = NodeJournal["entries"][number];

function entry(number: number, changes: Partial<Entry> = {}): Entry {
  return {
    journal_seq: number,
    message_id: `id-${number}`,
    meter: "evse-1",
    meter_id: "BY1.2025",
    read_at: new Date(nowMs - 60_000 + number).toISOString(),
    delivered_at: new Date(nowMs - 50_000).toISOString(),
    ocmf_bytes: 10,
    ocmf_sha256: `hash-${number}`,
    pagination: `T${number}`,
    ...changes,
  };
}

function journal(entries: readonly Entry[], instance = "one"): NodeJournal {
  return { instance, entries, undelivered: 0, meters: ["evse-1"], clock: { nodeMs: nowMs, monoMs: 0 } };
}

function kept(number: number, changes: Partial<HubRecord> = {}): HubRecord {
  return {
    messageId: `id-${number}`,
    seq: number,
    meter: "evse-1",
    meterId: "BY1.2025",
    readAtMs: nowMs - 60_000 + number,
    sha256: `hash-${number}`,
    pagination: number,
    ...changes,
  };
}

Deno.test("compareRecords finds nothing if the hub has all records of the journals, or more", () => {
  const { missing, unequal, gaps, ...counts } = compareRecords(
    // The older records are pruned from the journal; fiscal records have separate numbers
    [journal([entry(4), entry(9, { pagination: "F900" })]), journal([entry(5, { meter_id: "BY1" })], "two")],
    [kept(2), kept(3), kept(4), kept(5), kept(5), kept(5), kept(9, { pagination: undefined })],
  );
  assert.deepEqual([missing, unequal, gaps], [[], [], []]);
  assert.deepEqual(counts, { journal: 3, hub: 5, copies: 2, onlyAtHub: 2 });
});

Deno.test("compareRecords reports a missing delivered record, but not an undelivered or expired one", () => {
  const hourAgo = new Date(nowMs - 3_600_000).toISOString();
  const entries = [
    entry(1, { delivered_at: hourAgo }),
    entry(2),
    { ...entry(3), delivered_at: undefined },
  ] as Entry[];
  const [missing, ...others] = compareRecords([journal(entries)], [], { retentionMs: 3_000_000 }).missing;
  assert.deepEqual([missing?.entry.message_id, missing?.instance, missing?.ageMs], ["id-2", "one", 50_000]);
  assert.deepEqual(others, []);
  assert.equal(compareRecords([journal(entries)], []).missing.length, 2);
});

Deno.test("compareRecords finds different bytes with one id, in the journal and among the copies at the hub", () => {
  const { unequal } = compareRecords(
    [journal([entry(1), entry(2)])],
    [kept(1, { sha256: "other" }), kept(2), kept(3), kept(3, { sha256: "other" })],
  );
  assert.deepEqual(unequal, ["id-1", "id-3"]);
});

Deno.test("compareRecords finds missing numbers for each meter, from a given time on", () => {
  const hub = [kept(1), kept(2), kept(9), kept(10), kept(14), kept(3, { meterId: "BY2.2025" })];
  const journals = [journal([entry(11), entry(12)])];
  assert.deepEqual(compareRecords(journals, hub).gaps, [
    { meterId: "BY1", first: 3, last: 8 },
    { meterId: "BY1", first: 13, last: 13 },
  ]);
  const late = compareRecords(journals, hub, { sinceMs: nowMs - 60_000 + 9 });
  assert.deepEqual(late.gaps, [{ meterId: "BY1", first: 13, last: 13 }]);
  assert.deepEqual([late.hub, late.onlyAtHub], [3, 3]);
});
