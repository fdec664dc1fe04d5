import assert from "node:assert/strict";
import fc from "fast-check";
import { endpointText } from "../../src/base/endpoint.ts";
import type { LineSettings } from "../../src/config/mod.ts";
import { isSameLine } from "../../src/station/compare_lines.ts";
import { type Schedule, schedule } from "../../src/station/schedule.ts";
import { type Property, property } from "../fuzz/property.ts";
import { linesOf, type ShortLines } from "./configs.ts";

const lineNames = ["a", "b", "c"];
const ports = ["/dev/x", "/dev/y", "/dev/z"];
const meterNames = ["m1", "m2", "m3", "m4", "m5"];

/** Few names, ports and unit ids, so that two configurations often want the same one for different things. */
const config: fc.Arbitrary<readonly LineSettings[]> = fc.record({
  lines: fc.shuffledSubarray(lineNames, { minLength: 1 }),
  ports: fc.shuffledSubarray(ports, { minLength: 3 }),
  baudrates: fc.array(fc.constantFrom(9600, 19200), { minLength: 3, maxLength: 3 }),
  meters: fc.shuffledSubarray(meterNames, { minLength: 3 }),
  places: fc.array(fc.nat(2), { minLength: 5, maxLength: 5 }),
  units: fc.shuffledSubarray([1, 2, 3, 4, 5], { minLength: 5 }),
  inverted: fc.array(fc.boolean(), { minLength: 5, maxLength: 5 }),
}).map(({ lines, ports, baudrates, meters, places, units, inverted }) => {
  const entries = lines.map((line, place) => {
    // The first meters make sure that no line is empty
    const own = meters.filter((_, index) =>
      (index < lines.length ? index : (places[index] ?? 0) % lines.length) === place
    );
    const settings = own.map((name) => {
      const index = meters.indexOf(name);
      return [name, `${units[index]}, invert: ${inverted[index]}`];
    });
    const keys = `serial_port: ${ports[place]}, baudrate: ${baudrates[place]}`;
    return [line, { keys, meters: Object.fromEntries(settings) }];
  });
  const short: ShortLines = Object.fromEntries(entries);
  return linesOf(short);
});

/** The lines and meters in service after the steps. */
function after(inForce: readonly LineSettings[], { stop, close, open, start }: Schedule): LineSettings[] {
  for (const name of close) {
    const line = inForce.find((each) => each.name === name);
    assert.deepEqual(line?.meters.filter((meter) => !stop.includes(meter.name)), [], `${name} is closed with meters`);
  }
  const lines = [
    ...inForce.filter(({ name }) => !close.includes(name)).map((line) => ({
      ...line,
      meters: line.meters.filter(({ name }) => !stop.includes(name)),
    })),
    ...open.map((line) => ({ ...line, meters: [] })),
  ];
  return lines.map((line) => {
    const started = start.filter((place) => place.line.name === line.name);
    for (const place of started) assert.ok(isSameLine(line, place.line), `${place.meter.name} starts on an old line`);
    return { ...line, meters: [...line.meters, ...started.map(({ meter }) => meter)] };
  });
}

function assertUnique(what: string, values: readonly string[]): void {
  assert.deepEqual(values, [...new Set(values)], what);
}

function assertSound(lines: readonly LineSettings[]): void {
  assertUnique("names of lines", lines.map(({ name }) => name));
  assertUnique("devices", lines.map(({ endpoint }) => endpointText(endpoint)));
  assertUnique("names of meters", lines.flatMap(({ meters }) => meters.map(({ name }) => name)));
  for (const { name, meters } of lines) assertUnique(`unit ids of ${name}`, meters.map(({ unit }) => String(unit)));
}

const byName = (one: { name: string }, other: { name: string }) => one.name < other.name ? -1 : 1;
const sorted = (lines: readonly LineSettings[]) =>
  lines.map((line) => ({ ...line, meters: line.meters.toSorted(byName) })).toSorted(byName);
const metersOf = (lines: readonly LineSettings[]) => lines.flatMap(({ meters }) => meters.map(({ name }) => name));

/** The properties of a change of the configuration while transactions begin and end. */
export const scheduleProperties: readonly Property[] = [
  property(
    {
      name: "schedule-is-safe",
      title:
        "schedule stops no busy meter, gives no device and no unit id two users, and ends with the newest configuration",
      runs: 500,
    },
    [
      fc.array(config, { minLength: 2, maxLength: 4 }),
      fc.array(fc.subarray(meterNames), { minLength: 4, maxLength: 4 }),
    ],
    ([first = [], ...later], busySets) => {
      let inForce: LineSettings[] = [...first];
      const round = (wanted: readonly LineSettings[], busy: readonly string[]) => {
        const steps = schedule(inForce, wanted, (meter) => busy.includes(meter));
        assert.deepEqual(steps.stop.filter((name) => busy.includes(name)), [], "a busy meter is stopped");
        const next = after(inForce, steps);
        assertSound(next);
        const kept = metersOf(inForce).filter((name) => metersOf(wanted).includes(name));
        assert.deepEqual(
          kept.filter((name) => !metersOf(next).includes(name)),
          [],
          "a configured meter is out of service",
        );
        for (const { meters } of steps.waiting) assert.ok(meters.every((name) => busy.includes(name)));
        inForce = next;
        return steps;
      };
      for (const [index, wanted] of later.entries()) {
        round(wanted, busySets[index] ?? []);
        // A round without news takes no step
        const { stop, close, open, start } = round(wanted, busySets[index] ?? []);
        assert.deepEqual([stop, close, open, start], [[], [], [], []]);
      }
      const newest = later.at(-1) ?? [];
      assert.deepEqual(round(newest, []).waiting, []);
      assert.deepEqual(sorted(inForce), sorted(newest));
    },
  ),
];
