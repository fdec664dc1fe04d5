import assert from "node:assert/strict";
import { Rig } from "./rig.ts";

Deno.test("Meter with invert changes the sign of its readings, and nothing else", async () => {
  const options = { publishSignedValues: "every" } as const;
  const plain = await new Rig("em580", options).online();
  const turned = await new Rig("em580", { ...options, invert: true }).online();
  for (const rig of [plain, turned]) {
    rig.bus.set(0x0500, "0001 0000 0000 0000");
    rig.bus.set(0x051c, "0002 0000 0000 0000");
    rig.bus.set(0x000c, "FAC9 FFFF");
    await rig.time.advance(2000);
  }
  const [normal, other] = [plain.readings.at(-1), turned.readings.at(-1)];
  assert.ok(normal !== undefined && other !== undefined);
  assert.deepEqual([normal.currentA?.L1, other.currentA?.L1], [-1.335, 1.335], "FAC9h FFFFh");
  assert.deepEqual([other.energyImportWh, other.energyExportWh], [2, 1]);
  const negative = (values: object) => Object.entries(values).map(([key, value]) => [key, 0 - value]);
  for (const key of ["powerW", "reactivePowerVar", "currentA"] as const) {
    assert.deepEqual(Object.entries(other[key] ?? {}), negative(normal[key] ?? {}), key);
  }
  for (const key of ["voltageV", "frequencyHz", "temperatureC", "phaseSequenceError", "meterId"] as const) {
    assert.deepEqual(other[key], normal[key], key);
  }
  assert.equal(other.signedValue?.data, normal.signedValue?.data);
  const asked = await turned.during(turned.meter.readNow());
  assert.deepEqual([asked.energyImportWh, asked.powerW], [2, other.powerW]);
  await plain.stop();
  await turned.stop();
});

Deno.test("Meter with invert has no negative zero, and no energy that was not read", async () => {
  const rig = await new Rig("em580", { invert: true, energyIntervalMs: 60_000 }).online();
  rig.bus.set(0x0012, "0000 0000");
  await rig.time.advance(3000);
  const reading = rig.readings.at(-1);
  assert.ok(Object.is(reading?.powerW?.L1, 0));
  assert.deepEqual([reading?.energyImportWh, reading?.energyExportWh], [undefined, undefined]);
  await rig.stop();
});
