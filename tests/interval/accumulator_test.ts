import assert from "node:assert/strict";
import { dayMs, hourMs, minuteMs } from "../../src/base/time.ts";
import { Accumulator, type Sample } from "../../src/interval/mod.ts";
import { quarterMs, sample, short, startMs } from "./samples.ts";

/** The intervals that samples make, in short. */
function intervalsOf(samples: readonly Sample[]): string[] {
  const accumulator = new Accumulator(quarterMs);
  return samples.flatMap((each) => accumulator.add(each)).map(short);
}

/** Energies each minute from one minute to another, each 10 Wh more. */
function minutes(from: number, to: number, more: Partial<Sample> = {}): Sample[] {
  return Array.from({ length: to - from + 1 }, (_, index) => {
    const minute = from + index;
    return sample(minute * minuteMs, 10 * minute, more);
  });
}

Deno.test("an interval has the energies at its ends, the average and the largest minute", () => {
  const accumulator = new Accumulator(quarterMs);
  const taken = [
    sample(-1_000, 998),
    sample(200, 1_000, { isReading: false }),
    sample(30_000, 1_010, { powerW: 2_000 }),
    sample(50_000, 1_020, { powerW: 4_000 }),
    sample(70_000, 1_030, { powerW: 2_500 }),
    sample(quarterMs - 9_000, 1_240, { powerW: -500 }),
    sample(quarterMs + 300, 1_250, { isReading: false }),
  ];
  assert.deepEqual(taken.flatMap((each) => accumulator.add(each)), [{
    startMs,
    endMs: startMs + quarterMs,
    parts: [{
      meterId: "A.2024",
      start: { importWh: 1_000, exportWh: 7 },
      end: { importWh: 1_250, exportWh: 7 },
    }],
    importWh: 250,
    exportWh: 0,
    averageW: 1_000,
    largestMinuteW: 3_000,
    readings: 4,
    quality: "measured",
    revision: 1,
  }]);
});

Deno.test("the value nearest to a boundary counts, up to 5 s before or after it", () => {
  const ends = (before: number, after: number) =>
    intervalsOf([sample(0, 0), sample(quarterMs - before, 100), sample(quarterMs + after, 103)]);
  assert.deepEqual(ends(2_000, 3_000), ["0-15: 100 measured"]);
  assert.deepEqual(ends(3_000, 2_000), ["0-15: 103 measured"]);
  assert.deepEqual(ends(60_000, 5_000), ["0-15: 103 measured"]);
  assert.deepEqual(ends(60_000, 5_001), ["0-15: 103 interpolated"]);
});

Deno.test("between values at most two minutes apart, the energies at a boundary are interpolated", () => {
  const across = (gapMs: number) => {
    const samples = [sample(0, 0), sample(quarterMs - 30_000, 100), sample(quarterMs - 30_000 + gapMs, 220)];
    return intervalsOf([...samples, sample(2 * quarterMs, 300)]);
  };
  assert.deepEqual(across(120_000), ["0-15: 130 interpolated", "15-30: 170 interpolated"]);
  assert.deepEqual(across(120_001), ["0-30: 300 gap"]);
});

Deno.test("a time without values is one gap with the energies at its ends", () => {
  assert.deepEqual(intervalsOf([...minutes(0, 22), ...minutes(85, 106)]), [
    "0-15: 150 measured",
    "15-90: 750 gap",
    "90-105: 150 measured",
  ]);
});

Deno.test("readings without energies are no values", () => {
  const blind = minutes(16, 44).map(({ registers: _, ...reading }) => ({ ...reading, powerW: 100 }));
  const accumulator = new Accumulator(quarterMs);
  const found = [...minutes(0, 15), ...blind, ...minutes(45, 45)].flatMap((each) => accumulator.add(each));
  assert.deepEqual(found.map(short), ["0-15: 150 measured", "15-45: 300 gap"]);
  assert.deepEqual([found[1]?.readings, found[1]?.largestMinuteW], [30, 100]);
});

Deno.test("the interval of a replacement has the energies of each meter, from its first to its last value", () => {
  const accumulator = new Accumulator(quarterMs);
  const other = (minute: number, importWh: number) => sample(minute * minuteMs, importWh, { meterId: "B" });
  const found = [...minutes(0, 20), other(25, 5), other(30, 8), other(45, 20)].flatMap((each) => accumulator.add(each));
  assert.deepEqual(found.map(short), ["0-15: 150 measured", "15-30: 53 meter_replaced", "30-45: 12 measured"]);
  assert.deepEqual(found[1]?.parts, [
    { meterId: "A.2024", start: { importWh: 150, exportWh: 7 }, end: { importWh: 200, exportWh: 7 } },
    { meterId: "B", start: { importWh: 5, exportWh: 7 }, end: { importWh: 8, exportWh: 7 } },
  ]);
});

Deno.test("energies that decrease are those of another or a reset meter", () => {
  assert.deepEqual(intervalsOf([...minutes(0, 5), sample(6 * minuteMs, 0), sample(quarterMs, 30)]), [
    "0-15: 80 meter_replaced",
  ]);
});

Deno.test("of several qualities the first counts", () => {
  const doubtful = { isClockGood: false };
  assert.deepEqual(intervalsOf(minutes(0, 15, doubtful)), ["0-15: 150 clock_unsynchronised"]);
  assert.deepEqual(intervalsOf([...minutes(0, 14), sample(16 * minuteMs, 160), sample(29 * minuteMs, 290, doubtful)]), [
    "0-15: 150 interpolated",
  ]);
  assert.deepEqual(intervalsOf([...minutes(0, 3, doubtful), ...minutes(44, 45)]), ["0-45: 450 gap"]);
  const other = sample(44 * minuteMs, 3, { meterId: "B" });
  assert.deepEqual(intervalsOf([...minutes(0, 3), other, { ...other, atMs: startMs + 45 * minuteMs }]), [
    "0-45: 30 meter_replaced",
  ]);
});

Deno.test("while the clock is behind earlier values, their interval gets the energy", () => {
  const back = minutes(21, 50).map((each) => ({ ...each, atMs: each.atMs - 10 * minuteMs }));
  const accumulator = new Accumulator(quarterMs);
  const found = [...minutes(0, 20), ...back].flatMap((each) => accumulator.add(each)).map(short);
  assert.deepEqual(found, ["0-15: 150 measured", "15-30: 250 clock_unsynchronised"]);
});

Deno.test("a clock that is set back by days continues at its present time, without a loss of energy", () => {
  const accumulator = new Accumulator(quarterMs);
  for (const each of minutes(0, 20)) accumulator.add(each);
  const earlier = minutes(21, 60).map((each) => ({ ...each, atMs: each.atMs - 3 * dayMs }));
  const found = earlier.flatMap((each) => accumulator.add(each)).map(short);
  const day = -3 * 24 * 60;
  assert.deepEqual(found, [
    `${day + 15}-${day + 30}: 100 clock_unsynchronised, revision 2`,
    `${day + 30}-${day + 45}: 150 measured, revision 2`,
    `${day + 45}-${day + 60}: 150 measured, revision 2`,
  ]);
});

Deno.test("a clock that is set back by days and is not synchronised is not believed", () => {
  const accumulator = new Accumulator(quarterMs);
  for (const each of minutes(0, 20)) accumulator.add(each);
  const wrong = minutes(21, 60).map((each) => ({ ...each, atMs: each.atMs - 3 * dayMs, isClockGood: false }));
  assert.deepEqual(wrong.flatMap((each) => accumulator.add(each)), []);
  assert.deepEqual(minutes(61, 75).flatMap((each) => accumulator.add(each)).map(short), ["15-75: 600 gap"]);
});

Deno.test("energies that are read a little out of order change neither their order nor the clock's quality", () => {
  const late = sample(quarterMs - 100, 150);
  assert.deepEqual(intervalsOf([...minutes(0, 15), late, ...minutes(16, 30)]), [
    "0-15: 150 measured",
    "15-30: 150 measured",
  ]);
});

Deno.test("older energies of a reading that newer ones have overtaken count neither twice nor as another meter", () => {
  const accumulator = new Accumulator(quarterMs);
  const taken = [
    ...minutes(0, 14),
    sample(quarterMs + 200, 152, { isReading: false }),
    sample(quarterMs - 100, 151, { powerW: 900 }),
    sample(quarterMs + 900, 152),
    sample(2 * quarterMs + 200, 301, { isReading: false }),
    sample(2 * quarterMs - 100, 301),
    sample(3 * quarterMs, 450),
  ];
  const found = taken.flatMap((each) => accumulator.add(each));
  assert.deepEqual(found.map(short), ["0-15: 152 measured", "15-30: 149 measured", "30-45: 149 measured"]);
  assert.deepEqual(found.map(({ readings }) => readings), [15, 2, 1]);
  assert.deepEqual([found[1]?.largestMinuteW, found.every(({ parts }) => parts.length === 1)], [900, true]);
});

Deno.test("an interval that ends near its last value is final although the meter is silent since then", () => {
  const accumulator = new Accumulator(quarterMs);
  for (const each of minutes(0, 14)) accumulator.add(each);
  assert.deepEqual(accumulator.add(sample(quarterMs - 1_000, 150)), []);
  assert.deepEqual(accumulator.settle(startMs + quarterMs + 5_000), []);
  assert.deepEqual(accumulator.settle(startMs + quarterMs + 5_001).map(short), ["0-15: 150 measured"]);
  assert.deepEqual(accumulator.add(sample(hourMs, 600)).map(short), ["15-60: 450 gap"]);
});

Deno.test("late values are published with a higher revision, and fill a gap", () => {
  const accumulator = new Accumulator(quarterMs);
  for (const each of [...minutes(0, 22), ...minutes(85, 90)]) accumulator.add(each);
  const late = accumulator.addLate(minutes(23, 84));
  assert.deepEqual(
    late.map(short),
    [15, 30, 45, 60, 75].map((from) => `${from}-${from + 15}: 150 measured, revision 2`),
  );
  const last = accumulator.state.published.map(({ startMs, endMs, importWh, quality, readings }) =>
    `${(endMs - startMs) / minuteMs} ${importWh} ${quality} ${readings}`
  );
  assert.deepEqual(last, Array(6).fill("15 150 measured 15"));
});

Deno.test("late values that contradict others, or are too old, change nothing", () => {
  const accumulator = new Accumulator(quarterMs);
  for (const each of minutes(0, 30)) accumulator.add(each);
  const before = accumulator.state;
  const minute = 20 * minuteMs;
  const refused = [
    sample(minute, 999),
    sample(minute, 9),
    sample(minute, 200, { meterId: "B" }),
    sample(-3 * dayMs, 0),
  ];
  for (const each of refused) assert.deepEqual(accumulator.addLate([each]), []);
  assert.deepEqual(accumulator.state, before);
});

Deno.test("only the last two days are remembered", () => {
  const accumulator = new Accumulator(quarterMs);
  for (let quarter = 0; quarter <= 96 * 5; quarter++) accumulator.add(sample(quarter * quarterMs, quarter));
  const { slots, published } = accumulator.state;
  assert.deepEqual([slots.length, published.length], [96 * 2 + 1, 96 * 2]);
});

/** How many slots are read of which `name` is needed, by an accumulator with the state of another one. */
function slotsRead(
  { state }: Accumulator,
  name: "readings" | "runs",
  work: (restored: Accumulator) => unknown,
): number {
  const read = new Set<number>();
  const slots = state.slots.map((slot) =>
    new Proxy(slot, {
      get(target, key) {
        if (key === name) read.add(target.startMs);
        return Reflect.get(target, key);
      },
    })
  );
  const accumulator = new Accumulator(quarterMs, { ...state, slots });
  read.clear();
  work(accumulator);
  return read.size;
}

/** Of how many slots the readings are counted again, as each computed interval does with its own. */
const recounted = (accumulator: Accumulator, work: (restored: Accumulator) => unknown) =>
  slotsRead(accumulator, "readings", work);

Deno.test("a minute without a boundary computes no interval, and a boundary only the last ones", () => {
  const accumulator = new Accumulator(quarterMs);
  const lastMs = 96 * 3 * quarterMs;
  for (let atMs = 0; atMs <= lastMs; atMs += quarterMs) accumulator.add(sample(atMs, atMs / quarterMs));
  assert.equal(accumulator.state.slots.length, 96 * 2 + 1);
  const nextMs = lastMs + quarterMs;
  assert.equal(recounted(accumulator, (each) => each.settle(startMs + lastMs + minuteMs)), 0);
  assert.equal(recounted(accumulator, (each) => each.settle(startMs + nextMs + minuteMs)), 0);
  const read = (each: Accumulator, atMs: number) => each.add(sample(atMs, 1_000)).map(({ endMs }) => endMs - startMs);
  assert.ok(recounted(accumulator, (each) => assert.deepEqual(read(each, nextMs), [nextMs])) <= 3);
  const settled = (each: Accumulator) => {
    assert.deepEqual(read(each, nextMs - 1_000), []);
    assert.equal(each.settle(startMs + nextMs + minuteMs).length, 1);
    assert.equal(each.settle(startMs + nextMs + 2 * minuteMs).length, 0);
  };
  assert.ok(recounted(accumulator, settled) <= 3);
});

Deno.test("a restart of a meter whose last interval was settled publishes nothing again", () => {
  const before = new Accumulator(quarterMs);
  for (const each of [...minutes(0, 29), sample(2 * quarterMs - 1_000, 300)]) before.add(each);
  assert.equal(before.settle(startMs + 31 * minuteMs).length, 1);
  const after = new Accumulator(quarterMs, before.state);
  assert.deepEqual(minutes(46, 61).flatMap((each) => after.add(each)).map(short), ["30-60: 300 gap"]);
});

Deno.test("of a final slot, only the largest minute is kept, and its intervals stay as they are", () => {
  const accumulator = new Accumulator(quarterMs);
  const powers = minutes(0, 4 * 60).map((each, minute) => ({ ...each, powerW: 1_000 + (minute * 7) % 100 }));
  const found = powers.flatMap((each) => accumulator.add(each));
  const largestOf = (quarter: number) =>
    Math.max(...powers.slice(15 * quarter, 15 * (quarter + 1)).map(({ powerW }) => powerW));
  const expected = Array.from({ length: 16 }, (_, quarter) => largestOf(quarter));
  assert.deepEqual(found.map(({ largestMinuteW }) => largestMinuteW), expected);
  const kept = accumulator.state.slots.map(({ minutes, largestW }) => [Object.keys(minutes).length, largestW]);
  assert.deepEqual(kept.slice(0, -3), expected.slice(0, -2).map((largestW) => [0, largestW]));

  const again = accumulator.addLate([sample(minuteMs + 1_000, 10, { powerW: 3_001 })]);
  assert.deepEqual(again.map((each) => [short(each), each.largestMinuteW]), [[
    "0-15: 150 measured, revision 2",
    3_001,
  ]]);
  assert.deepEqual(accumulator.addLate([sample(hourMs + 1_000, 600, { powerW: 1 })])[0]?.largestMinuteW, expected[4]);
});

Deno.test("a late sample is compared only with those beside it", () => {
  const accumulator = new Accumulator(quarterMs);
  for (let quarter = 0; quarter <= 96 * 2; quarter++) {
    if (quarter !== 100) accumulator.add(sample(quarter * quarterMs, quarter));
  }
  const contradicts = (each: Accumulator) => each.addLate([sample(100 * quarterMs, 102)]);
  assert.equal(slotsRead(accumulator, "runs", contradicts), 2);
  assert.equal(accumulator.addLate([sample(100 * quarterMs, 100)]).length, 2);
});
