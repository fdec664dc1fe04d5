import assert from "node:assert/strict";
import { SimulatedMeter } from "../../src/simulator/mod.ts";
import { FakeTime } from "../support/fake_time.ts";

Deno.test("SimulatedMeter changes smoothly, with P = U * I on every phase and in total", async () => {
  const time = new FakeTime();
  const meter = new SimulatedMeter({ unit: 7 }, { time });
  let last = meter.values;
  const totals = new Set<number>();
  for (let second = 0; second < 600; second++) {
    await time.advance(1000);
    const { voltageV, currentA, powerW } = meter.values;
    for (const phase of ["L1", "L2", "L3"] as const) {
      assert.ok(Math.abs(powerW[phase] - voltageV[phase] * currentA[phase]) <= 0.051);
      assert.ok(Math.abs(currentA[phase] - last.currentA[phase]) < 1, "a jump within a second");
      assert.ok(voltageV[phase] > 220 && voltageV[phase] < 240);
    }
    assert.ok(Math.abs(powerW.total - powerW.L1 - powerW.L2 - powerW.L3) < 0.01);
    totals.add(powerW.total);
    last = meter.values;
  }
  assert.ok(totals.size > 500, "a load that hardly changes");
});

Deno.test("SimulatedMeter integrates its power to energy, with import and export separate", async () => {
  const time = new FakeTime();
  const meter = new SimulatedMeter({ unit: 7 }, { time });
  meter.set({ energyImportWh: 2n ** 40n, energyExportWh: 5, powerW: { total: 7200 } });
  for (let step = 0; step < 1000; step++) {
    await time.advance(1800);
    meter.values;
  }
  meter.set({ powerW: { total: -3600 } });
  await time.advance(10_000);
  const { energyImportWh, energyExportWh } = meter.values;
  assert.deepEqual([energyImportWh, energyExportWh], [2n ** 40n + 3600n, 15n]);
});

Deno.test("SimulatedMeter with a still load keeps all values", async () => {
  const time = new FakeTime();
  const meter = new SimulatedMeter({ unit: 7, load: "still" }, { time });
  const before = meter.values;
  await time.advance(3_600_000);
  assert.deepEqual(meter.values, before);
});

Deno.test("SimulatedMeter derives the current from a set power, and releases values that are set to undefined", () => {
  const meter = new SimulatedMeter({ unit: 7, load: "still" });
  const { powerW, currentA } = meter.values;
  meter.set({ voltageV: { L1: 230 }, powerW: { L1: -2300 } });
  assert.deepEqual([meter.values.currentA.L1, meter.values.powerW.L1], [-10, -2300]);
  meter.set({ voltageV: { L1: undefined }, powerW: { L1: undefined } });
  assert.deepEqual([meter.values.currentA, meter.values.powerW], [currentA, powerW]);
});

Deno.test("SimulatedMeter rejects impossible options and values", () => {
  assert.throws(() => new SimulatedMeter({ unit: 0 }), RangeError);
  assert.throws(() => new SimulatedMeter({ unit: 1, serialNumber: "12345678901234" }), RangeError);
  assert.throws(() => new SimulatedMeter({ unit: 1, model: "em300", serialNumber: "12345678" }), RangeError);
  assert.throws(
    () => new SimulatedMeter({ unit: 1, firmware: { measure: "16.0.0", communication: "1.0.0" } }),
    RangeError,
  );
  assert.throws(() => new SimulatedMeter({ unit: 1 }).set({ frequencyHz: 5000 }), RangeError);
});
