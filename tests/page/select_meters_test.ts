import assert from "node:assert/strict";
import { filterOf } from "../../src/page/fleet/fleet_filter.ts";
import { MeterSelector } from "../../src/page/fleet/select_meters.ts";
import { meterRow, shownFault } from "./rows.ts";

const rows = [
  meterRow({ meter: "evse-1", powerW: 7_000, importWh: 10, readingAt: "2026-01-31T08:00:02.000Z" }),
  meterRow({ meter: "evse-2", faults: [shownFault("LineNoisy", "Medium")], readingAt: "2026-01-31T08:00:01.000Z" }),
  meterRow({ meter: "evse-3", state: "offline", powerW: 0, readingAt: "2026-01-31T07:00:00.000Z" }),
  meterRow({
    meter: "evse-4",
    faults: [shownFault("RecordNotVerified", "High")],
    transaction: { state: "running", id: "Session-77" },
    powerW: 11_000,
    importWh: 20,
    readingAt: "2026-01-31T08:00:03.000Z",
  }),
  meterRow({ site: "bonn", meter: "evse-1", state: "lost", version: "0.0.9" }),
];

const shown = (query: string) =>
  new MeterSelector().select(rows, filterOf(new URLSearchParams(query))).shown.map(({ site, meter }) =>
    site === "berlin" ? meter : `${site} ${meter}`
  );

Deno.test("meters with problems are first: severe faults, unreachable meters, other faults", () => {
  assert.deepEqual(shown(""), ["evse-4", "evse-3", "bonn evse-1", "evse-2", "evse-1"]);
});

Deno.test("a search finds parts of names, transactions and faults in any case", () => {
  assert.deepEqual(shown("q=SESSION-7"), ["evse-4"]);
  assert.deepEqual(shown("q=linenoisy"), ["evse-2"]);
  assert.deepEqual(shown("q=%20bonn%20"), ["bonn evse-1"]);
});

Deno.test("each choice shows its meters, and the counts are those of the meters that fit the search", () => {
  assert.deepEqual(shown("show=charging"), ["evse-4"]);
  assert.deepEqual(shown("show=unreachable"), ["evse-3", "bonn evse-1"]);
  assert.deepEqual(shown("show=problems&sort=name"), ["evse-2", "evse-3", "evse-4", "bonn evse-1"]);
  const { counts, matching } = new MeterSelector().select(
    rows,
    filterOf(new URLSearchParams("q=evse-1&show=charging")),
  );
  assert.deepEqual(counts, { all: 2, problems: 1, charging: 0, unreachable: 1 });
  assert.equal(matching.length, 2);
});

Deno.test("site and version of the address limit the meters", () => {
  assert.deepEqual(shown("site=bonn"), ["bonn evse-1"]);
  assert.deepEqual(shown("version=0.0.9"), ["bonn evse-1"]);
  assert.deepEqual(shown("site=bonn&version=0.1.0"), []);
});

Deno.test("orders: meters without the value are last, those without a reading are the oldest", () => {
  assert.deepEqual(shown("sort=power").slice(0, 3), ["evse-4", "evse-1", "evse-3"]);
  assert.deepEqual(shown("sort=energy").slice(0, 2), ["evse-4", "evse-1"]);
  assert.deepEqual(shown("sort=age").slice(0, 3), ["bonn evse-1", "evse-3", "evse-2"]);
});

Deno.test("unknown values of an address count as absent", () => {
  const filter = filterOf(new URLSearchParams("show=nonsense&sort=nonsense&view=nonsense"));
  assert.deepEqual([filter.show, filter.sort, filter.view], ["all", "problems", "meters"]);
});

Deno.test("a changed row is found by its new text", () => {
  const selector = new MeterSelector();
  const filter = filterOf(new URLSearchParams("q=offline"));
  assert.equal(selector.select([meterRow()], filter).shown.length, 0);
  assert.equal(selector.select([meterRow({ state: "offline" })], filter).shown.length, 1);
});
