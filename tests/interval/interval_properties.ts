import assert from "node:assert/strict";
import fc from "fast-check";
import { minuteMs } from "../../src/base/time.ts";
import { noState } from "../../src/interval/accumulator.ts";
import {
  Accumulator,
  type AccumulatorState,
  type Interval,
  type RevisedInterval,
  type Sample,
} from "../../src/interval/mod.ts";
import { stateOfLength } from "../../src/interval/state_of_length.ts";
import { type Property, property } from "../fuzz/property.ts";
import { quarterMs, startMs } from "./samples.ts";

/** Time and energy since the last reading, and the power now. */
interface Step {
  readonly afterMs: number;
  readonly importWh: number;
  readonly exportWh: number;
  readonly powerW: number;
  readonly isClockGood: boolean;
  readonly isReplaced: boolean;
  /** How far the clock is set at this reading. */
  readonly setMs: number;
}

const usually = (value: number, other: fc.Arbitrary<number>) =>
  fc.oneof({ weight: 9, arbitrary: fc.constant(value) }, { weight: 1, arbitrary: other });

const step: fc.Arbitrary<Step> = fc.record({
  afterMs: fc.oneof(
    { weight: 6, arbitrary: fc.integer({ min: 1, max: 90_000 }) },
    { weight: 2, arbitrary: fc.constantFrom(quarterMs, quarterMs - 4_000, 120_000) },
    { weight: 1, arbitrary: fc.integer({ min: 1, max: 5 * quarterMs }) },
  ),
  importWh: fc.nat(1_000),
  exportWh: fc.nat(3),
  powerW: fc.integer({ min: -5_000, max: 20_000 }),
  isClockGood: usually(1, fc.constant(0)).map((value) => value === 1),
  isReplaced: usually(0, fc.constant(1)).map((value) => value === 1),
  setMs: usually(0, fc.integer({ min: -3 * quarterMs, max: 3 * quarterMs })),
});

/** Readings in their order, of meters that follow each other. */
function samplesOf(steps: readonly Step[], { withChanges }: { readonly withChanges: boolean }): Sample[] {
  let [atMs, meter, importWh, exportWh] = [startMs, 0, 0, 0];
  return steps.map((each) => {
    atMs += each.afterMs + (withChanges ? each.setMs : 0);
    if (withChanges && each.isReplaced) [meter, importWh, exportWh] = [meter + 1, 0, 0];
    [importWh, exportWh] = [importWh + each.importWh, exportWh + each.exportWh];
    return {
      meterId: `M${meter}`,
      atMs,
      registers: { importWh, exportWh },
      powerW: each.powerW,
      isReading: true,
      isClockGood: each.isClockGood,
    };
  });
}

const steps = fc.array(step, { minLength: 2, maxLength: 120 });

/** How far the energies of a reading are overtaken by a read for the end of an interval. */
interface Overtaken {
  /** From the time of the reading to the other read. */
  readonly byMs: number;
  readonly byWh: number;
}

const overtaken: fc.Arbitrary<Overtaken | undefined> = fc.option(
  fc.record({ byMs: fc.integer({ min: 0, max: 5_000 }), byWh: fc.nat(20) }),
  { nil: undefined, freq: 2 },
);

/** A reading in the order of arrival: after the newer energies that have overtaken it. */
function arrivals(reading: Sample, by: Overtaken | undefined): Sample[] {
  if (by === undefined || reading.registers === undefined) return [reading];
  const { meterId, atMs, registers, isClockGood } = reading;
  const { importWh, ...exported } = registers;
  const newer = { atMs: atMs + by.byMs, registers: { importWh: importWh + by.byWh, ...exported } };
  return [{ meterId, ...newer, isReading: false, isClockGood }, reading];
}
const withoutRevision = ({ startMs, endMs, parts, importWh, exportWh, quality, readings }: Interval) => ({
  ...{ startMs, endMs, parts, importWh, exportWh, quality, readings },
});

/** No energy is lost or counted twice: each interval begins where the last one ended, in time and in energy. */
function assertChain(intervals: readonly Interval[], samples: readonly Sample[], gridMs = quarterMs): void {
  for (const [index, interval] of intervals.entries()) {
    const next = intervals[index + 1];
    assert.equal((interval.endMs - interval.startMs) % gridMs, 0);
    assert.equal(interval.startMs % gridMs, 0);
    if (next === undefined) continue;
    assert.equal(next.startMs, interval.endMs);
    const [last, first] = [interval.parts.at(-1), next.parts[0]];
    assert.deepEqual([first?.meterId, first?.start], [last?.meterId, last?.end]);
  }
  const parts = intervals.flatMap((interval) => interval.parts);
  for (const meterId of new Set(parts.map((part) => part.meterId))) {
    const own = parts.filter((part) => part.meterId === meterId);
    const sumWh = own.reduce((sum, { start, end }) => sum + end.importWh - start.importWh, 0);
    assert.equal(sumWh, (own.at(-1)?.end.importWh ?? 0) - (own[0]?.start.importWh ?? 0));
  }
  const sumWh = parts.reduce((sum, { start, end }) => sum + end.importWh - start.importWh, 0);
  assert.equal(sumWh, intervals.reduce((sum, interval) => sum + interval.importWh, 0));
  // A replaced meter has all its energy between its first and its last value
  const whole = samples.map(({ meterId }) => meterId).filter((id, index, all) => all.indexOf(id) === index).slice(
    1,
    -1,
  );
  for (const meterId of whole) {
    const own = samples.filter((sample) => sample.meterId === meterId).map(({ registers }) => registers?.importWh ?? 0);
    const found = parts.filter((part) => part.meterId === meterId);
    if (found.length === 0 || intervals.some(({ quality }) => quality === "clock_unsynchronised")) continue;
    const [from, to] = [found[0]?.start.importWh, found.at(-1)?.end.importWh];
    assert.ok((from ?? 0) >= (own[0] ?? 0) && (to ?? 0) <= (own.at(-1) ?? 0));
  }
}

/** Properties of the intervals of one meter. */
export const intervalProperties: readonly Property[] = [
  property(
    {
      name: "interval-energy",
      title:
        "the sum of all intervals is the difference of the registers, in spite of gaps, other meters and a set clock",
      runs: 300,
    },
    [steps],
    (list) => {
      const samples = samplesOf(list, { withChanges: true });
      const accumulator = new Accumulator(quarterMs);
      for (const sample of samples) accumulator.add(sample);
      assertChain(accumulator.state.published, samples);
    },
  ),
  property(
    {
      name: "interval-overtaken",
      title: "energies of one meter that arrive out of order add up to the difference of its registers",
      runs: 300,
    },
    [fc.array(fc.tuple(step, overtaken), { minLength: 2, maxLength: 120 })],
    (list) => {
      const readings = samplesOf(list.map(([each]) => each), { withChanges: false });
      let [aheadMs, aheadWh] = [0, 0];
      // Older energies that arrive after newer ones are left out: intervals are computed as if they were unknown
      const leftOut = new Set<Sample | undefined>();
      const samples = readings.flatMap((reading, index) => {
        const [, by] = list[index] ?? [];
        const registers = { importWh: (reading.registers?.importWh ?? 0) + aheadWh, exportWh: 0 };
        const own = arrivals({ ...reading, atMs: reading.atMs + aheadMs, registers }, by);
        [aheadMs, aheadWh] = [aheadMs + (by?.byMs ?? 0), aheadWh + (by?.byWh ?? 0)];
        if (by !== undefined && by.byWh > 0) leftOut.add(own.at(-1));
        return own;
      });
      const accumulator = new Accumulator(quarterMs);
      for (const sample of samples) accumulator.add(sample);
      const { published } = accumulator.state;
      assertChain(published, samples);
      assert.deepEqual(published.filter(({ quality }) => quality === "meter_replaced"), []);
      const [first, last] = [published[0]?.parts[0]?.start.importWh, published.at(-1)?.parts[0]?.end.importWh];
      assert.equal(published.reduce((sum, { importWh }) => sum + importWh, 0), (last ?? 0) - (first ?? 0));
      for (const { endMs, parts } of published) {
        const endWh = parts[0]?.end.importWh ?? NaN;
        for (const sample of samples) {
          const { atMs, registers: { importWh } = { importWh: NaN } } = sample;
          if (atMs <= endMs - 10_000) assert.ok(importWh <= endWh, "energy of before the boundary is after it");
          const isAfter = atMs >= endMs + 10_000 && !leftOut.has(sample);
          if (isAfter) assert.ok(importWh >= endWh, "energy of after the boundary is before it");
        }
      }
    },
  ),
  property(
    { name: "interval-restart", title: "a restart between any two readings changes no interval", runs: 150 },
    [steps, fc.nat()],
    (list, at) => {
      const samples = samplesOf(list, { withChanges: true });
      const whole = new Accumulator(quarterMs);
      const expected = samples.flatMap((sample) => whole.add(sample));
      const before = new Accumulator(quarterMs);
      const cut = at % samples.length;
      const found = samples.slice(0, cut).flatMap((sample) => before.add(sample));
      const state: AccumulatorState = { ...JSON.parse(JSON.stringify(before.state)) };
      const after = new Accumulator(quarterMs, state);
      assert.deepEqual([...found, ...samples.slice(cut).flatMap((sample) => after.add(sample))], expected);
    },
  ),
  property(
    {
      name: "interval-length",
      title: "no energy is lost or counted twice when the length of the intervals changes between any two readings",
      runs: 300,
    },
    [fc.array(fc.tuple(fc.constantFrom(5, 10, 15, 30, 60), steps), { minLength: 2, maxLength: 5 })],
    (parts) => {
      const samples = samplesOf(parts.flatMap(([, list]) => list), { withChanges: true });
      let at = 0;
      let before: AccumulatorState & { readonly lengthMs: number } | undefined;
      const published: RevisedInterval[] = [];
      for (const [minutes, { length }] of parts) {
        const lengthMs = minutes * minuteMs;
        const state = before && stateOfLength(before, lengthMs);
        const accumulator = new Accumulator(lengthMs, JSON.parse(JSON.stringify(state ?? noState)));
        const found = samples.slice(at, at += length).flatMap((sample) => accumulator.add(sample));
        for (const { startMs, endMs, quality } of found) {
          const hasLength = endMs - startMs === lengthMs && startMs % lengthMs === 0;
          assert.ok(hasLength || quality === "gap" || quality === "meter_replaced", quality);
        }
        published.push(...found);
        before = { lengthMs, ...accumulator.state };
      }
      assertChain(published, samples, 5 * minuteMs);
    },
  ),
  property(
    {
      name: "interval-late",
      title: "readings that arrive late, in any order, lead to the same intervals with higher revisions",
      runs: 150,
    },
    [steps, fc.infiniteStream(fc.nat())],
    (list, numbers) => {
      const samples = samplesOf(list, { withChanges: false });
      const inOrder = new Accumulator(quarterMs);
      for (const sample of samples) inOrder.add(sample);
      const keyed = samples.map((sample, index) => ({
        sample,
        key: numbers.next().value,
        isLast: index === samples.length - 1,
      }));
      const isLate = ({ key, isLast }: typeof keyed[number]) => key % 2 === 1 && !isLast;
      const later = new Accumulator(quarterMs);
      const revisions = new Map<number, number>();
      const note = (changed: ReturnType<Accumulator["add"]>) => {
        for (const { startMs, endMs, revision } of changed) {
          for (let atMs = startMs; atMs < endMs; atMs += quarterMs) {
            assert.ok(revision > (revisions.get(atMs) ?? 0), "a changed interval has no higher revision");
            revisions.set(atMs, revision);
          }
        }
      };
      for (const each of keyed.filter((each) => !isLate(each))) note(later.add(each.sample));
      const late = keyed.filter(isLate).sort((one, other) => one.key - other.key);
      for (const each of late) note(later.addLate([each.sample]));
      assert.deepEqual(later.state.published.map(withoutRevision), inOrder.state.published.map(withoutRevision));
    },
  ),
];
