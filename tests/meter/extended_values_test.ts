import assert from "node:assert/strict";
import { hex } from "../../src/base/hex.ts";
import { powermeter } from "../../src/contract/mod.ts";
import { powermeterSchema } from "../../src/contract/meter_schemas.ts";
import { Rig } from "./rig.ts";

async function lastReading(rig: Rig) {
  await rig.time.advance(2000);
  const reading = rig.readings.at(-1);
  assert.ok(reading !== undefined);
  return reading;
}

function setExtended(rig: Rig): void {
  rig.bus.set(0x0006, "0F90 0000 0F8D 0000 0F8B 0000");
  rig.bus.set(0x0018, "8FBE 0000 8FBE 0000 0001 0000");
  rig.bus.set(0x002a, "0002 0001");
  rig.bus.set(0x002e, "031F FCE1 7FFF 03E8");
  rig.bus.set(0x0510, "0001 0000 0000 0000 0002 0001 0000 0000 0003 0000 0000 0000");
}

Deno.test("Meter with extended_values publishes the additional live values and energies", async () => {
  const rig = await new Rig("em580", { extendedValues: true }).online();
  setExtended(rig);
  const { extended, ...reading } = await lastReading(rig);
  assert.deepEqual(extended, {
    lineVoltageV: { L1_L2: 398.4, L2_L3: 398.1, L3_L1: 397.9 },
    apparentPowerVa: { total: 6553.8, L1: 3679.8, L2: 3679.8, L3: 0.1 },
    powerFactor: { total: 1, L1: 0.799, L2: -0.799 },
    energyImportByPhaseWh: { L1: 1, L2: 65_538, L3: 3 },
  });
  const payload = powermeter({ ...reading, ...(extended && { extended }) }, { publicKey: "04AB" });
  assert.deepEqual(powermeterSchema.parse(payload), payload);
  assert.deepEqual([payload.energy_Wh_import, payload.energy_Wh_export], [
    { total: 5_000_000_000, L1: 1, L2: 65_538, L3: 3 },
    { total: 12_345 },
  ]);
  assert.deepEqual(payload.voltage_LL_V, { L1_L2: 398.4, L2_L3: 398.1, L3_L1: 397.9 });
  assert.deepEqual(payload.power_factor, { total: 1, L1: 0.799, L2: -0.799 });
  await rig.stop();
});

Deno.test("Meter without extended_values publishes none of them, and reads no additional registers", async () => {
  const rig = new Rig("em580");
  rig.bus.readCostMs = (_unit, words) => words;
  await rig.online();
  setExtended(rig);
  assert.equal((await lastReading(rig)).extended, undefined);
  const energies = rig.bus.calls.filter(({ address }) => address >= 0x0500 && address < 0x0600);
  assert.deepEqual(
    new Set(energies.map(({ address, words }) => `${hex(address)}/${words}`)),
    new Set(["0500/4", "051C/4"]),
  );
  await rig.stop();
});

Deno.test("Meter that refuses energies by phase returns the other energies, and this is logged once", async () => {
  const rig = new Rig("em580", { extendedValues: true });
  rig.bus.readCostMs = (_unit, words) => words;
  rig.bus.script = ({ address }) => address === 0x0510 ? { exception: 2 } : "answer";
  await rig.online();
  const reading = await lastReading(rig);
  assert.deepEqual([reading.energyImportWh, reading.extended?.energyImportByPhaseWh], [5_000_000_000, undefined]);
  assert.equal(rig.logged.filter((line) => /^warn .*energies by phase/.test(line)).length, 1, rig.logged.join("\n"));
  await rig.stop();
});

Deno.test("Meter that refuses energies by phase is read as often as without them", async () => {
  const rig = new Rig("em580", { extendedValues: true });
  rig.bus.readCostMs = (_unit, words) => words;
  rig.bus.script = ({ address }) => address === 0x0510 ? { exception: 2 } : "answer";
  await rig.online();
  const before = rig.readings.length;
  await rig.time.advance(20_000);
  assert.ok(rig.readings.length - before >= 19, `${rig.readings.length - before} readings in 20 s`);
  await rig.stop();
});

Deno.test("Meter with invert exports by phase, and its power factor has the opposite sign", async () => {
  const rig = await new Rig("em580", { extendedValues: true, invert: true }).online();
  setExtended(rig);
  const { extended } = await lastReading(rig);
  assert.deepEqual(extended?.powerFactor, { total: -1, L1: -0.799, L2: 0.799 });
  assert.deepEqual(extended?.energyExportByPhaseWh, { L1: 1, L2: 65_538, L3: 3 });
  assert.equal(extended?.energyImportByPhaseWh, undefined);
  await rig.stop();
});
