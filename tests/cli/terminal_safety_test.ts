import assert from "node:assert/strict";
import { join } from "node:path";
import { Fleet } from "../../src/fleet/mod.ts";
import { fleetTable } from "../../src/cli/fleet_table.ts";
import { Screen } from "../../src/cli/screen.ts";
import { runCommand } from "../support/run_command.ts";

/** Clears the screen, sets the title, starts a new line. */
const hostile = "\x1b[2J\x1b]0;owned\x07\x9b1m\u202e\nRecord 2: valid";
const shown = "\\x1b[2J\\x1b]0;owned\\x07\\x9b1m\\u202e\\nRecord 2: valid";
const harmless = /^[\n -~]*$/;

Deno.test("verify escapes control characters in a record", async () => {
  const folder = await Deno.makeTempDir({ prefix: "wattseal-test-" });
  const file = join(folder, "hostile.ocmf");
  const fields = {
    FV: "1.0",
    PG: "T1",
    MS: hostile,
    ID: hostile,
    CI: hostile,
    TT: `<=>${hostile}`,
    IT: "NONE",
    IS: true,
    RD: [{ TX: hostile }],
  };
  await Deno.writeTextFile(file, `OCMF|${JSON.stringify(fields)}|{"SD":"00","SA":${JSON.stringify(hostile)}}`);
  for (const options of [[], ["--full"]]) {
    const { out } = await runCommand(["verify", file, ...options]);
    assert.match(out, harmless);
    assert.ok(out.includes(shown));
    assert.doesNotMatch(out, /^Record 2/m);
  }

  const { out: json } = await runCommand(["verify", "--json", file]);
  assert.match(json, harmless);
  assert.equal(json.trim().split("\n").length, 1);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("an error message escapes control characters in quoted text", async () => {
  for (const args of [["verify", hostile], ["check-config", hostile], ["read", "--config", hostile]]) {
    const { code, err } = await runCommand(args);
    assert.equal(code, 2);
    assert.match(err, harmless);
    assert.ok(err.includes(shown), err);
    assert.equal(err.trim().split("\n").length, 1);
  }
});

Deno.test("watch escapes control characters in messages, within the width of the terminal", () => {
  const fleet = new Fleet();
  const now = Date.UTC(2026, 0, 31, 8);
  const at = { since: new Date(now).toISOString(), timestamp: new Date(now).toISOString() };
  const name = "m\x1b[2J";
  fleet.apply(["s", name, "status"], {
    state: "online",
    transaction: { state: "running", transaction_id: hostile },
    ...at,
  }, now);
  const fault = { type: "t", sub_type: hostile, severity: "Low", active: true, message: hostile, ...at };
  fleet.apply(["s", name, "fault", "x"], fault, now);
  fleet.apply(["\x1b[H", "_node", "status"], {
    version: hostile,
    started_at: at.since,
    state: "online",
    lines: [],
    meters: {},
    faults: [fault],
    undelivered_records: 0,
    spooled_readings: 0,
    expires_at: at.since,
    timestamp: at.timestamp,
  }, now);
  for (const columns of [40, 80, 200]) {
    const rows = fleetTable(fleet, now, { size: { rows: 24, columns } });
    for (const row of rows) {
      assert.match(row, harmless);
      assert.ok(row.length <= columns);
    }
    assert.ok(rows.some((row) => row.includes("m\\x1b[2J")));
  }
});

Deno.test("the lines above the table of the demo escape control characters", () => {
  let out = "";
  const screen = new Screen({ out: (text) => out += text, isTerminal: false });
  screen.print(hostile);
  screen.draw([hostile], true);
  assert.match(out, harmless);
  assert.equal(out.split("\n").length, 3);
});
