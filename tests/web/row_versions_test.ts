import assert from "node:assert/strict";
import { FleetState, type MeterRow } from "../../src/view/mod.ts";
import { FleetEvents } from "../../src/web/fleet_events.ts";
import { RowVersions } from "../../src/web/row_versions.ts";
import { testProperties } from "../fuzz/test_properties.ts";
import { FakeTime } from "../support/fake_time.ts";
import { rowVersionProperties } from "./row_version_properties.ts";

const connection = { connected: true, since: "2026-01-31T08:00:00.000Z" };
const at = "2026-01-31T08:00:00.000Z";
const row = (meter: string, powerW: number): MeterRow => ({ site: "a", meter, state: "online", faults: [], powerW });

testProperties(rowVersionProperties);

Deno.test("an equal row is no change", () => {
  const rows = new RowVersions(connection);
  rows.setMeter(row("1", 1));
  assert.equal(rows.commit(), true);
  rows.setMeter(row("1", 1));
  rows.setConnection({ ...connection });
  assert.equal(rows.commit(), false);
  assert.deepEqual(JSON.parse(rows.changesAfter(rows.version, at) ?? ""), { at });
});

Deno.test("after too many removals, only a snapshot is possible", () => {
  const rows = new RowVersions(connection);
  const known = rows.version;
  for (let meter = 0; meter <= 10_000; meter++) {
    rows.setMeter(row(String(meter), 1));
    rows.remove({ site: "a", meter: String(meter) });
    rows.commit();
  }
  assert.equal(rows.changesAfter(known, at), undefined);
  assert.notEqual(rows.changesAfter(rows.version - 1, at), undefined);
  assert.equal(rows.changesAfter(rows.version + 1, at), undefined);
});

Deno.test("a page that got an older snapshot gets a new one if no changes lead from it", async () => {
  const [rows, time] = [new RowVersions(connection), new FakeTime()];
  const events = new FleetEvents({
    id: "a",
    get version() {
      return rows.version;
    },
    snapshot: () => rows.snapshot(at),
    changesAfter: (version) => rows.changesAfter(version, at),
  }, time);
  const first = events.next(undefined);
  for (let meter = 0; meter <= 10_000; meter++) {
    rows.setMeter(row(String(meter), 1));
    rows.commit();
    rows.remove({ site: "a", meter: String(meter) });
    rows.commit();
  }
  await time.advance(1_000);
  assert.equal(events.next(undefined), first);
  const next = events.next(first.version);
  assert.equal(next.version, rows.version);
  assert.match(new TextDecoder().decode(next.bytes), /^event: snapshot\n/);
});

Deno.test("pages share the bytes of a change, and few changes are kept, whatever versions clients name", () => {
  const changesAfter = (version: number) => `{"after":${version}}`;
  const events = new FleetEvents({ id: "a", version: 100, snapshot: () => "{}", changesAfter }, new FakeTime());
  const first = events.next(1);
  assert.equal(events.next(1), first);
  for (let version = 2; version < 100; version++) events.next(version);
  assert.notEqual(events.next(1), first);
  assert.deepEqual(events.next(1).bytes, first.bytes);
});

Deno.test("meters are in the natural order of their sites and names", () => {
  const state = new FleetState();
  const meters = ["evse-10", "evse-2", "evse-1"].map((meter) => row(meter, 1));
  state.load({ at, connection, meters, nodes: [] });
  assert.deepEqual(state.meters().map(({ meter }) => meter), ["evse-1", "evse-2", "evse-10"]);
  const before = state.meters();
  assert.equal(state.meters(), before);
  state.apply({ at, meters: [row("evse-3", 1)], removed: [{ site: "a", meter: "evse-1" }] });
  assert.deepEqual(state.meters().map(({ meter }) => meter), ["evse-2", "evse-3", "evse-10"]);
});
