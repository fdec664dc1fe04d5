import assert from "node:assert/strict";
import { hourMs, minuteMs, timestamp } from "../../src/base/time.ts";
import { dayProfile, localDay, profileCsv, type ProfileEntry, ProfileError } from "../../src/profile/mod.ts";
import { published, quarters } from "./day.ts";

const winter = localDay("2026-01-31", "Europe/Berlin");

/** Numbers and qualities of runs of equal entries: `1-8 measured`. */
function runsOf(entries: readonly ProfileEntry[]): string[] {
  const runs: { from: number; to: number; quality: string }[] = [];
  for (const { number, quality } of entries) {
    const last = runs.at(-1);
    if (last?.quality === quality) last.to = number;
    else runs.push({ from: number, to: number, quality });
  }
  return runs.map(({ from, to, quality }) => `${from}-${to} ${quality}`);
}

Deno.test("a day begins and ends at midnight of its zone, and has 92, 96 or 100 quarters of an hour", () => {
  const quartersOf = (day: string, zone: string) => {
    const { startMs, endMs } = localDay(day, zone);
    return `${timestamp(startMs).slice(0, 16)} ${(endMs - startMs) / (15 * minuteMs)}`;
  };
  assert.equal(quartersOf("2026-01-31", "Europe/Berlin"), "2026-01-30T23:00 96");
  assert.equal(quartersOf("2026-03-29", "Europe/Berlin"), "2026-03-28T23:00 92");
  assert.equal(quartersOf("2026-10-25", "Europe/Berlin"), "2026-10-24T22:00 100");
  assert.equal(quartersOf("2026-11-01", "America/New_York"), "2026-11-01T04:00 100");
  assert.equal(quartersOf("2026-04-05", "Australia/Lord_Howe"), "2026-04-04T13:00 98");
  // Midnight does not exist there: the day begins at one o'clock
  assert.equal(quartersOf("2026-04-24", "Africa/Cairo"), "2026-04-23T22:00 92");
  assert.equal(quartersOf("2026-01-31", "Pacific/Kiritimati"), "2026-01-30T10:00 96");
  assert.equal(quartersOf("2026-01-31", "UTC"), "2026-01-31T00:00 96");
});

Deno.test("the profile of a day shows gaps and missing intervals", () => {
  const at = (quarter: number) => winter.startMs + quarter * 15 * minuteMs;
  const intervals = [
    ...quarters(at(-3), at(4)),
    published(at(4), 75, { quality: "gap" }),
    published(at(9), 15, { quality: "interpolated" }),
    ...quarters(at(10), at(90)),
    published(at(90), 15 * 10, { quality: "gap" }),
  ];
  const { meters: [meter] } = dayProfile(winter, new Map([["evse-1", intervals]]));
  assert.ok(meter !== undefined);
  assert.deepEqual(runsOf(meter.entries), [
    "1-4 measured",
    "5-9 gap",
    "10-10 interpolated",
    "11-90 measured",
    "91-96 gap",
  ]);
  assert.deepEqual(runsOf(dayProfile(winter, new Map([["evse-1", []]])).meters[0]?.entries ?? []), ["1-96 missing"]);
});

Deno.test("of intervals that overlap, the one with the highest revision counts", () => {
  const at = (quarter: number) => winter.startMs + quarter * 15 * minuteMs;
  const late = quarters(at(1), at(3)).map((each) => ({ ...each, revision: 2 }));
  const intervals = [
    published(at(0), 15, { import_Wh: 1 }),
    published(at(1), 45, { quality: "gap" }),
    ...late,
    published(at(3), 15, { revision: 3, import_Wh: 7 }),
    published(at(3), 15, { revision: 2, import_Wh: 6 }),
  ];
  const [meter] = dayProfile(winter, new Map([["evse-1", intervals]])).meters;
  assert.deepEqual(meter?.entries.slice(0, 5).map(({ measured }) => measured?.importWh), [1, 100, 100, 7, undefined]);
  assert.equal(meter?.revision, 1 + 2 + 2 + 3);
});

Deno.test("shorter intervals are added up, longer ones are refused", () => {
  const fives = Array.from({ length: 6 }, (_, index) =>
    published(winter.startMs + index * 5 * minuteMs, 5, {
      interval_minutes: 5,
      import_Wh: index,
      ...(index === 1 ? { quality: "interpolated" } : {}),
    }));
  const known = new Map([["evse-1", fives.toSpliced(4, 1)]]);
  const [meter] = dayProfile(winter, known, 15).meters;
  assert.deepEqual(meter?.entries.slice(0, 2).map(({ measured, quality }) => [measured?.importWh, quality]), [
    [3, "interpolated"],
    [undefined, "missing"],
  ]);
  assert.equal(dayProfile(winter, known).minutes, 5);
  assert.throws(
    () => dayProfile(winter, new Map([["evse-1", quarters(winter.startMs, winter.endMs)]]), 5),
    new ProfileError("There are intervals of 15 minutes, which cannot be split into 5 minutes"),
  );
  const kolkata = localDay("2026-01-31", "Asia/Kolkata");
  assert.throws(
    () => dayProfile(kolkata, new Map([["evse-1", []]]), 60),
    /begins in Asia\/Kolkata at .* no interval of/,
  );
});

Deno.test("the CSV of a day has local times with their offset, and the energy of a gap once", () => {
  const autumn = localDay("2026-10-25", "Europe/Berlin");
  const at = (quarter: number) => autumn.startMs + quarter * 15 * minuteMs;
  const intervals = [
    published(at(0), 15, { meter_id: '=A,"B"', export_Wh: 8 }),
    published(at(1), 45, { quality: "gap", import_Wh: 333 }),
    ...quarters(at(4), at(100)),
  ];
  const rows = profileCsv(dayProfile(autumn, new Map([["evse-1", intervals]]))).split("\r\n");
  assert.deepEqual(rows.slice(0, 4), [
    "meter,number,start,end,local_start,import_Wh,export_Wh,average_power_W,largest_minute_power_W," +
    "register_import_Wh,register_export_Wh,meter_id,readings,quality,gap_start,gap_end,gap_import_Wh,gap_export_Wh",
    "evse-1,1,2026-10-24T22:00:00.000Z,2026-10-24T22:15:00.000Z,2026-10-25T00:00:00+02:00,100,8,368,500," +
    `${intervals[0]?.registers.end.import_Wh},50,"'=A,""B""",900,measured,,,,`,
    "evse-1,2,2026-10-24T22:15:00.000Z,2026-10-24T22:30:00.000Z,2026-10-25T00:15:00+02:00,,,,,,,,,gap," +
    "2026-10-24T22:15:00.000Z,2026-10-24T23:00:00.000Z,333,0",
    "evse-1,3,2026-10-24T22:30:00.000Z,2026-10-24T22:45:00.000Z,2026-10-25T00:30:00+02:00,,,,,,,,,gap,,,,",
  ]);
  assert.equal(rows.length, 1 + 100 + 1);
  const twice = rows.filter((row) => row.includes("2026-10-25T02:15:00+"));
  assert.deepEqual(twice.map((row) => row.split(",")[4]), ["2026-10-25T02:15:00+02:00", "2026-10-25T02:15:00+01:00"]);
  assert.equal((autumn.endMs - autumn.startMs) / hourMs, 25);
});
