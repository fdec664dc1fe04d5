import assert from "node:assert/strict";
import { Formats } from "../../src/page/shell/formats.ts";

const english = new Formats("en", "Europe/Berlin");
const german = new Formats("de", "Europe/Berlin");
/** With common spaces, for comparison. */
const plain = (text: string) => text.replace(/[\u202f\u00a0]/g, " ").replace("\u2212", "-");

Deno.test("powers and energies have the unit that fits them", () => {
  const powers = [0, 999.4, 999.6, -7_360, 22_080, 123_456, 2_310_000].map((watts) => plain(english.power(watts)));
  assert.deepEqual(powers, ["0 W", "999 W", "1.00 kW", "-7.36 kW", "22.08 kW", "123.5 kW", "2.31 MW"]);
  assert.equal(plain(german.energy(12_345)), "12,35 kWh");
  assert.equal(plain(german.energy(14_200_000_000)), "14,20 GWh");
});

Deno.test("durations have two units, ages one", () => {
  const durations = [0, 59, 60, 3_725, 86_400, 90_061].map((seconds) => plain(english.duration(seconds)));
  assert.deepEqual(durations, ["0 s", "59 s", "1 min", "1 h 2 min", "1 d", "1 d 1 h"]);
  const ages = [-5_000, 900, 61_000, 7_300_000, 200_000_000].map((ms) => plain(english.age(ms)));
  assert.deepEqual(ages, ["0 s", "0 s", "1 min", "2 h", "2 d"]);
});

Deno.test("a time far ahead of the clock has a negative age", () => {
  const ages = [-59_999, -60_000, -7_300_000].map((ms) => plain(english.age(ms)));
  assert.deepEqual(ages, ["0 s", "-1 min", "-2 h"]);
});

Deno.test("times follow the language and the time zone; another day is shown with its date", () => {
  const moment = "2026-01-31T08:15:30.000Z";
  assert.equal(english.time(moment), "09:15:30");
  assert.equal(german.clock(moment), "09:15");
  assert.equal(german.dateTime(moment), "31.01.2026, 09:15:30");
  assert.equal(english.time(moment, Date.parse("2026-01-31T20:00:00Z")), "09:15:30");
  assert.equal(english.time(moment, Date.parse("2026-02-01T20:00:00Z")), "31 Jan 2026, 09:15:30");
});

Deno.test("a text that is no time is shown as it is", () => {
  assert.equal(english.dateTime("yesterday"), "yesterday");
});
