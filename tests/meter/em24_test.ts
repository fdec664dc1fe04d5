import assert from "node:assert/strict";
import { firmwareProblems } from "../../src/meter/firmware.ts";
import { modelNamed } from "../support/model_registers.ts";
import { setEm24 } from "../support/meter_words.ts";
import { Rig } from "./rig.ts";

function em24(options: ConstructorParameters<typeof Rig>[1] = {}): Rig {
  const rig = new Rig("em340", options);
  for (const at of [0x0000, 0x0302, 0x0400, 0x1002, 0x1103, 0x5000]) rig.bus.unset(at, 64);
  setEm24(rig.bus);
  return rig;
}

Deno.test("Meter reads an EM24 with at most 11 words per request, and its currents have the sign of the powers", async () => {
  const rig = await em24().online();
  await rig.time.advanceUntil(() => rig.readings.length > 0);
  await rig.stop();
  const [reading] = rig.readings;
  assert.deepEqual([reading?.meterId, reading?.voltageV?.L3], ["BX18600620015", 239.5]);
  assert.deepEqual(reading?.currentA, { L1: 3.227, L2: -1.335, L3: 0 });
  assert.deepEqual([reading?.energyImportWh, reading?.energyExportWh], [29_422_700, 1700]);
  assert.deepEqual(rig.bus.calls.filter(({ words }) => words > 11), []);
});

Deno.test("Meter reads an EM24 without exported energy, and one that is over its range according to its high word", async () => {
  const rig = em24();
  rig.bus.unset(0x005c, 2).set(0x0000, "1234 7FFF");
  await rig.online();
  await rig.time.advanceUntil(() => rig.readings.length > 0);
  await rig.stop();
  const [reading] = rig.readings;
  assert.deepEqual([reading?.energyImportWh, reading?.energyExportWh], [29_422_700, undefined]);
  assert.deepEqual(reading?.voltageV, { L2: 236.2, L3: 239.5 });
  assert.deepEqual(rig.faults, []);
});

Deno.test("Meter identifies an EM24 without a serial number by its name, and recognises it after its line was reopened", async () => {
  const rig = em24({ name: "evse-7" });
  rig.bus.setAlone(0x000b, "002F").unset(0x1300, 7);
  await rig.online();
  assert.deepEqual([rig.meter.identity?.meterId, rig.meter.identity?.family], ["evse-7", "em24"]);
  rig.bus.plug();
  const before = rig.readings.length;
  await rig.time.advanceUntil(() => rig.readings.length > before + 1);
  await rig.stop();
  assert.deepEqual(rig.events.filter(({ kind }) => kind === "identified").length, 1);
});

Deno.test("Meter without a serial number is set up within seconds, and one that refuses it after power-up gets it", async () => {
  for (const [refusedMs, meterId] of [[Infinity, "evse-7"], [3000, "BX18600620015"]] as const) {
    const rig = em24({ name: "evse-7" });
    rig.bus.setAlone(0x000b, "002F");
    rig.bus.script = ({ address }) => address === 0x1300 && rig.time.mono() < refusedMs ? { exception: 2 } : "answer";
    const begunAtMs = rig.time.mono();
    await rig.online();
    assert.ok(rig.time.mono() - begunAtMs < 7000);
    assert.equal(rig.meter.identity?.meterId, meterId);
    await rig.stop();
  }
});

Deno.test("Meter does not count a refusal as a missing serial number if one is known", async () => {
  const rig = em24({ knownSerialNumber: () => "BX18600620015", initialConnectionRetryCount: 1 });
  rig.bus.unset(0x1300, 7);
  rig.meter.start();
  await rig.time.advanceUntil(() => rig.meter.state === "offline");
  await rig.stop();
  assert.equal(rig.meter.identity, undefined);
});

Deno.test("Meter with a known serial number is not confused with one without a number after its line was reopened", async () => {
  const rig = await em24({ name: "evse-7" }).online();
  assert.equal(rig.meter.identity?.meterId, "BX18600620015");
  rig.bus.unset(0x1300, 7);
  rig.bus.plug();
  const before = rig.readings.length;
  await rig.time.advanceUntil(() => rig.meter.state === "offline");
  await rig.time.advance(60_000);
  await rig.stop();
  assert.ok(rig.readings.length <= before + 1, "no reading has the number of a meter that did not give it");
});

Deno.test("Meter warns of an application without export", async () => {
  const rig = em24();
  rig.bus.set(0x1101, "0000 0000");
  await rig.online();
  await rig.stop();
  assert.match(rig.faults[0]?.message ?? "", /1101h is 0: only application H/);
});

Deno.test("the report of an EM24 Ethernet names a firmware that hangs on the network", () => {
  const model = modelNamed("em24_ethernet");
  for (const communication of ["1.8.2", "1.7.30", "0.9.9"]) {
    const [problem] = firmwareProblems(model, { communication });
    assert.equal(
      problem,
      `The firmware of the communication module is ${communication}; versions before 1.8.3 hang on the network; ` +
        "update it",
    );
  }
  for (const communication of ["1.8.3", "1.8.4", "1.10.0", "2.0.0"]) {
    assert.deepEqual(firmwareProblems(model, { communication }), []);
  }
  assert.deepEqual(firmwareProblems(model, {}), []);
  assert.deepEqual(firmwareProblems(modelNamed("em580"), { communication: "0.0.1" }), []);
});
