import assert from "node:assert/strict";
import { recordRow, recordTable, verdictSummary, verdictText } from "../../src/cli/record_table.ts";
import { type Verification, verifyRecord } from "../../src/ocmf/mod.ts";
import { testPublicKey } from "../ocmf/samples.ts";
import { record } from "./filled_journal.ts";

const id = "0d3f6f5e-6c1b-4c1e-9a56-5ad0b2f7d0a1";
const { ocmf } = record(id, {}, { CI: "DE*ABC*E123456*1" });
const verification = verifyRecord(ocmf, testPublicKey);
const widest = (lines: readonly string[]) => Math.max(...lines.map(({ length }) => length));

Deno.test("recordTable without a limit shows every value in full", () => {
  const row = recordRow({ number: "100000*", meter: "charger-hall-12", ocmf, verification });
  assert.equal(
    recordTable([row], Infinity)[2],
    `100000*  charger-hall-12  DE*ABC*E123456*1  ${id}  2026-01-10 07:00  01:30:00  22.125 kWh  valid`,
  );
});

Deno.test("recordTable fits 80 columns: it omits the EVSE of a named meter, then cuts ids, and keeps the values", () => {
  const rows = [
    recordRow({ number: "100000*", meter: "charger-hall-12", ocmf, verification }),
    recordRow({ ocmf: new Uint8Array(), verification: { ...verification, signature: "unverifiable" } }),
  ];
  const table = recordTable(rows, 80);
  assert.ok(widest(table) <= 80, table.join("\n"));
  assert.match(
    table[2] ?? "",
    /^100000\* {2}charg\S+~ +0d3f6f5~ +2026-01-10 07:00 {2}01:30:00 {2}22\.125 kWh {2}valid$/,
  );
});

Deno.test("recordTable of records without a meter keeps the EVSE and cuts the transaction to fit 80 columns", () => {
  const table = recordTable([recordRow({ number: "1", ocmf, verification })], 80);
  assert.ok(widest(table) <= 80, table.join("\n"));
  assert.match(table[2] ?? "", /^ 1 {2}DE\*ABC\*E123456\*1 {2}0d3f6f5e~ {2}2026-/);
});

Deno.test("recordTable cuts even values that are wider than the screen", () => {
  const row = {
    ...recordRow({ number: "1", meter: "evse-1", ocmf, verification }),
    energy: "9007199254740.991 kWh / 9007199254740.991 kWh",
    duration: "123456:00:00",
    verdict: "unverifiable",
  };
  assert.match(recordTable([row], 100)[2] ?? "", / 9007199254740\.991 kWh \/ [\d.]*~ /);
  for (const width of [80, 40]) assert.ok(widest(recordTable([row], width)) <= width);
});

Deno.test("recordTable of no records has no lines", () => {
  assert.deepEqual(recordTable([], 80), []);
});

Deno.test("verdictText is the first verdict that is not good", () => {
  const good: Verification = { signature: "valid", session: "ok", key: "pinned", problems: [] };
  const cases: [Partial<Verification>, string][] = [
    [{}, "valid"],
    [{ problems: ["TX P"] }, "check"],
    [{ key: "changed", problems: ["x"] }, "key changed"],
    [{ session: "violated", key: "changed" }, "violated"],
    [{ session: "unknown" }, "unknown"],
    [{ signature: "invalid", session: "violated" }, "invalid"],
  ];
  for (const [change, text] of cases) assert.equal(verdictText({ ...good, ...change }), text);
});

Deno.test("verdictSummary counts the verdicts", () => {
  assert.equal(verdictSummary(["valid", "check", "valid"]), "3 records: 2 valid, 1 check");
  assert.equal(verdictSummary([]), "0 records");
});
