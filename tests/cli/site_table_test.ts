import assert from "node:assert/strict";
import { siteTable } from "../../src/cli/site_table.ts";
import type { ListedSite } from "../../src/fleet/list.ts";

const fault = { sub_type: "CommunicationError", severity: "High", message: "", since: "" } as const;

const site: ListedSite = {
  site: "berlin-mitte-0001",
  state: "online",
  version: "0.1.0",
  instances: ["a"],
  lastBeatSeconds: 12,
  lines: { "rs485-1": "open" },
  meters: Object.fromEntries(Array.from({ length: 12 }, (_, index) => [`evse-${index}`, "online"])),
  openTransactions: { "evse-1": "tx-1" },
  faults: Array.from({ length: 6 }, (_, index) => ({ ...fault, meter: `evse-${index}` })),
  undeliveredRecords: 3,
  spooledReadings: 0,
  duplicates: [],
};

Deno.test("siteTable is as wide as its values, and at most as wide as the terminal", () => {
  const whole = siteTable([site], Infinity);
  assert.match(
    whole[2] ?? "",
    /^berlin-mitte-00~ {2}online {2}0\.1\.0 +12\.0 s +1\/1 +12\/12 +1 +3 {2}evse-0 Comm[^~]*evse-~$/,
  );
  const narrow = siteTable([site], 80);
  assert.equal(Math.max(...narrow.map(({ length }) => length)), 80);
  assert.match(narrow[2] ?? "", /^berlin-mitte-00~ {2}online +12\.0 s +1\/1 +12\/12 +1 +3 {2}evse-0 C[^~]*~$/);
  const small = siteTable([{ ...site, site: "berlin-01", faults: [] }], 80);
  assert.match(small[2] ?? "", /^berlin-01 {2}online {2}0\.1\.0 +12\.0 s +1\/1 +12\/12 +1 +3$/);
});
