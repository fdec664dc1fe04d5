import assert from "node:assert/strict";
import { fleetTotals } from "../../src/page/fleet/fleet_totals.ts";
import { meterRow, nodeRow, shownFault } from "./rows.ts";

Deno.test("totals: power of meters that are online, energy of all, problems of meters and of nodes", () => {
  const totals = fleetTotals([
    meterRow({ powerW: 7_000, importWh: 1_000, transaction: { state: "running" } }),
    meterRow({ meter: "evse-2", state: "offline", powerW: 500, importWh: 2_000 }),
    meterRow({ meter: "evse-3", faults: [shownFault("LineNoisy", "Medium")], transaction: { state: "finished" } }),
  ], [
    nodeRow({ undeliveredRecords: 2 }),
    nodeRow({ site: "bonn", version: "0.10.0", isLost: true }),
    nodeRow({ site: "cologne", version: "0.9.0", lines: [{ ...line, state: "closed" }], undeliveredRecords: 1 }),
    nodeRow({ site: "dresden", problems: ["no stream"] }),
  ]);
  assert.deepEqual(totals, {
    meters: 3,
    online: 2,
    charging: 1,
    problems: 2,
    powerW: 7_000,
    importWh: 3_000,
    nodes: 4,
    nodeProblems: 3,
    undeliveredRecords: 3,
    versions: [{ version: "0.10.0", nodes: 1 }, { version: "0.9.0", nodes: 1 }, { version: "0.1.0", nodes: 2 }],
  });
});

Deno.test("totals: power and energy are unknown before the first reading", () => {
  const { powerW, importWh } = fleetTotals([meterRow(), meterRow({ state: "offline", powerW: 5 })], []);
  assert.deepEqual([powerW, importWh], [undefined, undefined]);
});

const line = { name: "rs485-1", state: "open", utilisation: 0.5, exchanges: 1, errors: 0, errorsByKind: {} };
