import assert from "node:assert/strict";
import { minuteMs } from "../../src/base/time.ts";
import { type DayProfile, dayProfile, localDay, meteringMessage } from "../../src/profile/mod.ts";
import { published, quarters } from "./day.ts";

const options = {
  senderDomain: "agr.example",
  recipientDomain: "dso.example",
  ean: "E123456789012345678",
  nowMs: Date.UTC(2026, 1, 1, 3),
  messageId: "0d3f6f5e-0000-4000-8000-000000000001",
  conversationId: "0d3f6f5e-0000-4000-8000-000000000002",
};

/** The profiles of a message: for each type its unit and its values by number. */
function profilesIn(message: string): Record<string, { unit: string | undefined; values: Record<string, string> }> {
  const found = [...message.matchAll(/<Profile ProfileType="(\w+)" Unit="(\w+)">(.*?)<\/Profile>/gs)];
  return Object.fromEntries(found.map(([, type, unit, body = ""]) => {
    const values = [...body.matchAll(/<ISP Start="(\d+)" Value="([^"]+)"\/>/g)].map((
      [, start, value],
    ) => [start, value]);
    return [type, { unit, values: Object.fromEntries(values) }];
  }));
}

function profileOf(day: string, known: Readonly<Record<string, Parameters<typeof published>[2][]>> = {}): DayProfile {
  const local = localDay(day, "Europe/Amsterdam");
  const meters = Object.entries(known).map(([meter, changes]) => {
    const whole = quarters(local.startMs, local.endMs);
    return [meter, whole.map((each, index) => ({ ...each, ...changes[index] }))] as const;
  });
  return dayProfile(local, new Map(meters));
}

Deno.test("a Metering message has the attributes, types and units of UFTP", () => {
  const message = meteringMessage(
    profileOf("2026-01-31", { "evse-1": [{ import_Wh: 1_725, export_Wh: 25 }] }),
    options,
  );
  assert.match(
    message,
    new RegExp(
      '^<\\?xml version="1.0" encoding="UTF-8"\\?>\n<Metering Version="3.1.0" SenderDomain="agr.example" ' +
        'RecipientDomain="dso.example" TimeStamp="2026-02-01T03:00:00.000Z" ' +
        'MessageID="0d3f6f5e-0000-4000-8000-000000000001" ConversationID="0d3f6f5e-0000-4000-8000-000000000002" ' +
        'Revision="96" ISP-Duration="PT15M" TimeZone="Europe/Amsterdam" Period="2026-01-31" ' +
        'EAN="E123456789012345678">\n',
    ),
  );
  const profiles = profilesIn(message);
  assert.deepEqual(Object.entries(profiles).map(([type, { unit }]) => `${type} ${unit}`), [
    "Power kW",
    "ImportEnergy kWh",
    "ExportEnergy kWh",
    "ImportMeterReading kWh",
    "ExportMeterReading kWh",
  ]);
  // (1725 - 25) Wh in a quarter of an hour
  assert.deepEqual(Object.values(profiles).map(({ values }) => values["1"]).slice(0, 3), ["6.800", "1.725", "0.025"]);
  for (const { values } of Object.values(profiles)) assert.equal(Object.keys(values).length, 96);
});

Deno.test("a meter reading is the register at the end of the interval", () => {
  const day = localDay("2026-01-31", "Europe/Amsterdam");
  const { ImportMeterReading: reading } = profilesIn(
    meteringMessage(profileOf("2026-01-31", { "evse-1": [] }), options),
  );
  assert.equal(Number(reading?.values["1"]) * 1000, published(day.startMs).registers.end.import_Wh);
});

Deno.test("at clock changes a message has 92 or 100 intervals", () => {
  for (const [day, count] of [["2026-03-29", 92], ["2026-10-25", 100]] as const) {
    const { Power } = profilesIn(meteringMessage(profileOf(day, { "evse-1": [] }), options));
    assert.deepEqual([Object.keys(Power?.values ?? {}).length, Object.keys(Power?.values ?? {}).at(-1)], [
      count,
      String(count),
    ]);
  }
});

Deno.test("several meters are added up, and an interval that one of them lacks is left out", () => {
  const day = localDay("2026-01-31", "Europe/Amsterdam");
  const whole = quarters(day.startMs, day.endMs);
  const gap = published(day.startMs + 15 * minuteMs, 30, { quality: "gap" });
  const known = new Map([["evse-1", whole], ["evse-2", [...whole.toSpliced(1, 2), gap]]]);
  const profiles = profilesIn(meteringMessage(dayProfile(day, known), options));
  assert.deepEqual(Object.keys(profiles), ["Power", "ImportEnergy", "ExportEnergy"]);
  for (const { values } of Object.values(profiles)) {
    assert.deepEqual(Object.keys(values).slice(0, 3), ["1", "4", "5"]);
  }
  assert.equal(profiles["ImportEnergy"]?.values["1"], "0.200");
});

Deno.test("the revision rises when an interval arrives or is replaced", () => {
  const day = localDay("2026-01-31", "Europe/Amsterdam");
  const revision = (intervals: readonly ReturnType<typeof published>[]) => {
    const message = meteringMessage(dayProfile(day, new Map([["evse-1", intervals]])), options);
    return Number(/Revision="(\d+)"/.exec(message)?.[1]);
  };
  const whole = quarters(day.startMs, day.endMs);
  const at = (quarter: number) => day.startMs + quarter * 15 * minuteMs;
  const withGap = [...quarters(day.startMs, at(4)), published(at(4), 60, { quality: "gap" })];
  const filled = [...withGap, ...quarters(at(4), at(8)).map((each) => ({ ...each, revision: 2 }))];
  const steps = [withGap, filled, [...filled, ...quarters(at(8), day.endMs)]].map(revision);
  assert.deepEqual(steps, [5, 12, 100]);
  assert.equal(revision(whole), 96);
  const message = meteringMessage(dayProfile(day, new Map([["evse-1", whole]])), { ...options, revision: 7 });
  assert.match(message, / Revision="7" /);
});

Deno.test("a meter without a register of exported energy has no profile for it", () => {
  const { export_Wh: _, ...without } = published(0);
  const day = localDay("2026-01-31", "Europe/Amsterdam");
  const whole = quarters(day.startMs, day.endMs).map(({ export_Wh: _, registers: { start, end }, ...each }) => ({
    ...each,
    registers: { start: { import_Wh: start.import_Wh }, end: { import_Wh: end.import_Wh } },
  }));
  assert.ok(!("export_Wh" in without));
  const profiles = profilesIn(meteringMessage(dayProfile(day, new Map([["evse-1", whole]])), options));
  assert.deepEqual(Object.keys(profiles), ["Power", "ImportEnergy", "ImportMeterReading"]);
  assert.equal(profiles["Power"]?.values["1"], "0.400");
});

Deno.test("a day without values, and a zone that UFTP does not know, are refused", () => {
  const day = localDay("2026-01-31", "Europe/Amsterdam");
  assert.throws(
    () => meteringMessage(dayProfile(day, new Map([["evse-1", []]])), options),
    /No interval of 2026-01-31/,
  );
  const utc = localDay("2026-01-31", "UTC");
  const known = new Map([["evse-1", quarters(utc.startMs, utc.endMs)]]);
  assert.throws(() => meteringMessage(dayProfile(utc, known), options), /cannot have the time zone UTC: use a name of/);
});
