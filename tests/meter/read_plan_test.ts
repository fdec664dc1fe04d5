import assert from "node:assert/strict";
import { hex } from "../../src/base/hex.ts";
import { readCostMs } from "../../src/line/mod.ts";
import { type Field, lineShare, planCycle } from "../../src/meter/mod.ts";
import { energyReads, liveReads, planReads } from "../../src/meter/read_plan.ts";
import { layoutNamed } from "../support/layout_named.ts";
import { Rig } from "./rig.ts";

/** The cost of reads on a line with 8N1. */
function costAt(baudrate: number, turnaroundMs: number): (words: number) => number {
  return (words) => readCostMs({ baudrate, parity: "none", stopBits: 1 }, words, turnaroundMs);
}

/** `0500/4` for 4 words at 0500h. */
function told(reads: readonly { start: number; words: number }[]): string[] {
  return reads.map(({ start, words }) => `${hex(start)}/${words}`);
}

const every = {
  liveMeasurementIntervalMs: 1000,
  energyIntervalMs: 1000,
  temperatureIntervalMs: 1000,
  signedValueIntervalMs: 1000,
  deviceStateReadIntervalMs: 10_000,
  publishSignedValues: "every",
  extendedValues: false,
} as const;
const em580 = {
  layout: layoutNamed("em580"),
  billing: {
    able: true,
    keyBits: 384,
    signingMethod: "ECDSA-brainpoolP384r1-SHA256",
    publicKeyPoint: "04",
    publicKeyDer: "30",
  },
} as const;
const em300 = { layout: layoutNamed("em300"), billing: { able: false, reason: "EM340" } } as const;

Deno.test("energyReads uses two reads of 4 words up to 57600 baud and one block of 32 words at 115200", () => {
  for (const baudrate of [9600, 19_200, 38_400, 57_600]) {
    assert.deepEqual(told(energyReads(em580.layout, costAt(baudrate, 2))), ["0500/4", "051C/4"], String(baudrate));
  }
  assert.deepEqual(told(energyReads(em580.layout, costAt(115_200, 2))), ["0500/32"]);
});

Deno.test("energyReads also depends on the turnaround", () => {
  // At 115200 baud the 24 words between the energies take 4.2 ms, another request 1.1 ms, turnaround and 1.75 ms.
  assert.deepEqual(told(energyReads(em580.layout, costAt(115_200, 1.2))), ["0500/4", "051C/4"]);
  assert.deepEqual(told(energyReads(em580.layout, costAt(115_200, 1.4))), ["0500/32"]);
  assert.deepEqual(told(energyReads(em580.layout, costAt(9600, 40))), ["0500/32"]);
});

Deno.test("liveReads returns the whole block on an EM580, and 50 and 2 words on an EM300", () => {
  assert.deepEqual(told(liveReads(em580.layout.model)), ["0000/52"]);
  assert.deepEqual(told(liveReads(em300.layout.model)), ["0000/50", "0032/2"]);
});

Deno.test("planReads splits no field, and never combines reads that are too long or must be read alone", () => {
  const fields: Field[] = [{ at: 150, as: "u16" }, { at: 0, as: "i64" }, { at: 121, as: "i64" }];
  const limits = { maxWords: 125, singleWordRegisters: [] };
  assert.deepEqual(told(planReads(fields, () => 1, limits)), ["0000/125", "0096/1"]);
  assert.deepEqual(told(planReads(fields, (words) => words, limits)), ["0000/4", "0079/4", "0096/1"]);
  assert.deepEqual(told(planReads(fields, () => 1, { ...limits, maxWords: 11 })), ["0000/4", "0079/4", "0096/1"]);
  const words: Field[] = [1, 2, 3, 4].map((at) => ({ at, as: "u16" }));
  assert.deepEqual(told(planReads(words, () => 1, { ...limits, singleWordRegisters: [2] })), [
    "0001/1",
    "0002/1",
    "0003/2",
  ]);
});

Deno.test("Meter reads the energies in the cheapest way for its line, with the same values", async () => {
  for (const [baudrate, reads] of [[9600, ["read 0500/4", "read 051C/4"]], [115_200, ["read 0500/32"]]] as const) {
    const rig = new Rig("em580");
    rig.bus.readCostMs = (_unit, words) => costAt(baudrate, 2)(words);
    await rig.online();
    await rig.time.advanceUntil(() => rig.readings.length === 1);
    await rig.stop();
    assert.deepEqual(rig.bus.seen.filter((call) => /^read 05/.test(call)), reads);
    const [reading] = rig.readings;
    assert.deepEqual([reading?.energyImportWh, reading?.energyExportWh], [5_000_000_000, 12_345]);
  }
});

Deno.test("planCycle includes the values of a meter at the configured intervals, and nothing more often than its readings", () => {
  const cost = costAt(115_200, 2);
  const plan = (identity: Parameters<typeof planCycle>[0], options: Partial<Parameters<typeof planCycle>[1]>) =>
    planCycle(identity, { ...every, ...options }, cost).map(({ what, everyMs, reads }) => [what, everyMs, told(reads)]);
  assert.deepEqual(plan(em580, { energyIntervalMs: 5000, temperatureIntervalMs: 500 }), [
    ["live values", 1000, ["0000/52"]],
    ["energies", 5000, ["0500/32"]],
    ["temperature", 1000, ["0307/1"]],
    ["signed live map", 1000, ["0800/109"]],
    ["device state", 10_000, ["5012/1"]],
  ]);
  assert.deepEqual(plan(em580, { publishSignedValues: "on_demand" }).map(([what]) => what), [
    "live values",
    "energies",
    "temperature",
    "device state",
  ]);
  assert.deepEqual(plan(em300, { liveMeasurementIntervalMs: 2000 }), [
    ["live values", 2000, ["0000/50", "0032/2"]],
    ["energies", 2000, ["0400/12"]],
  ]);
  assert.deepEqual(plan(em300, { liveMeasurementIntervalMs: 60_000 }).slice(2), [["serial number", 60_000, [
    "5000/7",
  ]]]);
});

Deno.test("planCycle and lineShare determine how many meters a line can have", () => {
  const slow = {
    ...every,
    energyIntervalMs: 5000,
    temperatureIntervalMs: 60_000,
    publishSignedValues: "on_demand",
  } as const;
  const fit = (baudrate: number, turnaroundMs: number, options: Parameters<typeof planCycle>[1]) => {
    const cost = costAt(baudrate, turnaroundMs);
    return 1 / lineShare(planCycle(em580, options, cost), cost);
  };
  // Calculated by hand, in ms per second: 117 bytes live, 77 / 5 energies, 15 / 10 state, 15 / 60 temperature at 86.8
  // us a byte, and 1.3167 times turnaround and silence.
  const byHand = (turnaroundMs: number) =>
    1000 /
    ((117 + 77 / 5 + 15 / 10 + 15 / 60) * 10_000 / 115_200 + (1 + 1 / 5 + 1 / 10 + 1 / 60) * (turnaroundMs + 1.75));
  assert.ok(Math.abs(fit(115_200, 2, slow) - byHand(2)) < 1e-9);
  assert.equal(Math.floor(fit(115_200, 2, slow)), 60);
  assert.equal(Math.floor(fit(115_200, 5, slow)), 48);
  assert.equal(Math.floor(fit(9600, 5, slow)), 6);
  assert.equal(Math.floor(fit(115_200, 2, every)), 18);
});
