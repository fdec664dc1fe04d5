import assert from "node:assert/strict";
import { minuteMs } from "../../src/base/time.ts";
import { Rig, settledRig } from "./rig.ts";

const serialRead = "read 5000/7";
const own = "0123456789ABC.2024";
/** The serial number of another meter, in register format. */
const other = "4242 4242 3232 3232 0000 0000 0000";

/** Imported energies in register format; a meter of the rig begins with 5 GWh. */
const imported = {
  "1 Wh less": "F1FF 2A05 0001 0000",
  "1 kWh more": "F5E8 2A05 0001 0000",
  "1 Wh more": "F201 2A05 0001 0000",
};

for (const change of ["1 Wh less", "1 kWh more"] as const) {
  Deno.test(`Meter publishes no reading of a meter that replaced it between two requests, and has ${change}`, async () => {
    const rig = await settledRig();
    rig.bus.set(0x5000, other);
    rig.bus.set(0x0500, imported[change]);
    await rig.time.advanceUntil(() => rig.readings.length === 3);
    assert.deepEqual(rig.readings.map(({ meterId }) => meterId), [own, "BBBB2222.2024", "BBBB2222.2024"]);
    await rig.stop();
  });

  Deno.test(`Meter that has ${change} than before is read again once, and continues`, async () => {
    const rig = await settledRig();
    rig.bus.set(0x0500, imported[change]);
    await rig.time.advanceUntil(() => rig.readings.length === 3);
    assert.deepEqual(rig.bus.seen.filter((call) => call === serialRead), [serialRead]);
    assert.equal(rig.readings.at(-1)?.meterId, own);
    await rig.stop();
  });
}

Deno.test("Meter publishes no reading after the energies at a boundary have shown another meter", async () => {
  const intervals = { intervalMinutes: 5, energyIntervalMs: 600_000, deviceStateReadIntervalMs: 600_000 } as const;
  const rig = await new Rig("em580", intervals).online();
  await rig.time.advanceUntil(() => rig.readings.length === 2);
  rig.bus.set(0x5000, other);
  rig.bus.set(0x0500, imported["1 Wh less"]);
  await rig.time.advance(6 * minuteMs);
  const boundaryMs = Date.UTC(2026, 0, 31, 8, 5);
  const after = rig.readings.filter(({ takenAtMs }) => takenAtMs > boundaryMs + 1_000);
  assert.deepEqual(new Set(after.map(({ meterId }) => meterId)), new Set(["BBBB2222.2024"]));
  await rig.stop();
});

Deno.test("Meter that is back before the first reading of the one that replaced it keeps its id", async () => {
  const rig = await settledRig();
  const first = rig.bus.get(0x5000, 7);
  rig.bus.plug();
  rig.bus.set(0x5000, other);
  await rig.time.advanceUntil(() => rig.meter.identity?.serialNumber === "BBBB2222");
  rig.bus.set(0x5000, first);
  await rig.time.advanceUntil(() => rig.readings.length === 3);
  assert.deepEqual(new Set(rig.readings.map(({ meterId }) => meterId)), new Set([own]));
  await rig.stop();
});

Deno.test("Meter does not read its serial number again if its energy rises as its power explains", async () => {
  const rig = await settledRig();
  rig.bus.set(0x0500, imported["1 Wh more"]);
  await rig.time.advanceUntil(() => rig.readings.length === 3);
  assert.equal(rig.bus.seen.includes(serialRead), false);
  await rig.stop();
});
