import assert from "node:assert/strict";
import fc from "fast-check";
import { FleetState, type MeterRow } from "../../src/view/mod.ts";
import { RowVersions } from "../../src/web/row_versions.ts";
import { type Property, property } from "../fuzz/property.ts";

const connection = { connected: true, since: "2026-01-31T08:00:00.000Z" };
const at = "2026-01-31T08:00:00.000Z";
const row = (meter: string, powerW: number): MeterRow => ({ site: "a", meter, state: "online", faults: [], powerW });

function shown(state: FleetState): unknown {
  return { connection: state.connection, meters: state.meters(), nodes: state.nodes() };
}

const meter = fc.constantFrom("1", "2", "3", "10");
const step = fc.oneof(
  fc.record({ kind: fc.constant("set" as const), meter, powerW: fc.nat(3) }),
  fc.record({ kind: fc.constant("remove" as const), meter }),
  fc.record({ kind: fc.constant("commit" as const) }),
  fc.record({ kind: fc.constant("lose" as const) }),
);

/** Properties of every sequence of changes of the fleet. */
export const rowVersionProperties: readonly Property[] = [
  property(
    {
      name: "row-versions",
      title: "the changes after any version of the fleet lead from its state to the present one",
      runs: 300,
    },
    [fc.array(step, { maxLength: 30 })],
    (steps) => {
      const rows = new RowVersions(connection);
      const pages: { version: number; state: FleetState }[] = [];
      const open = () => {
        const state = new FleetState();
        state.load(JSON.parse(rows.snapshot(at)));
        return { version: rows.version, state };
      };
      for (const taken of steps) {
        if (taken.kind === "set") rows.setMeter(row(taken.meter, taken.powerW));
        if (taken.kind === "remove") rows.remove({ site: "a", meter: taken.meter });
        if (taken.kind === "lose") rows.setConnection({ ...connection, connected: false });
        if (taken.kind === "commit" && rows.commit()) pages.push(open());
      }
      rows.commit();
      const present = shown(open().state);
      for (const { version, state } of pages) {
        state.apply(JSON.parse(rows.changesAfter(version, at) ?? ""));
        assert.deepEqual(shown(state), present);
      }
    },
  ),
];
