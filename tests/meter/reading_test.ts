import assert from "node:assert/strict";
import { firstReading, Rig } from "./rig.ts";

const start = Date.UTC(2026, 0, 31, 8);

Deno.test("Meter returns an EM580 reading as exact decimals with the time of its live block", async () => {
  const rig = new Rig("em580");
  const reading = await firstReading(rig);
  const live = rig.bus.calls.find((call) => call.address === 0x0000);
  const map = rig.bus.calls.find((call) => call.address === 0x0800);
  assert.deepEqual(reading, {
    meterId: "0123456789ABC.2024",
    takenAtMs: start + (live?.atMs ?? 0) + 10,
    phaseSequenceError: true,
    powerW: { total: -1, L1: 3680.5, L2: -3680.5, L3: 0 },
    voltageV: { L1: 230.1, L2: 230.6, L3: 231.1 },
    reactivePowerVar: { total: 6554.7, L1: -0.1, L2: 1, L3: 10000 },
    currentA: { L1: 16.001, L2: -16.001, L3: 0.001 },
    frequencyHz: 50,
    energyImportWh: 5_000_000_000,
    energyExportWh: 12_345,
    temperatureC: -12.3,
    signedValue: {
      data: "D1".repeat(122),
      signature: "E2".repeat(64),
      signingMethod: "ECDSA-brainpoolP256r1-SHA256",
      takenAtMs: start + (map?.atMs ?? 0) + 10,
    },
  });
});

Deno.test("Meter returns an EM300 reading from its own blocks", async () => {
  const rig = new Rig("em340");
  const reading = await firstReading(rig);
  assert.equal(reading.energyImportWh, 1_000_000_999);
  assert.equal(reading.energyExportWh, 7008);
  assert.equal(reading.voltageV?.L3, 231.1);
  assert.equal(reading.frequencyHz, 50);
  assert.equal(reading.phaseSequenceError, true);
  assert.deepEqual(rig.bus.seen.slice(-4), ["read 0000/50", "read 0032/2", "read 0400/12", "read 5000/7"]);
});

Deno.test("Meter returns an EM300 reading with the time of its values, even if the second part takes long", async () => {
  const rig = new Rig("em340");
  let refusals = 2;
  rig.bus.script = ({ address }) => address === 0x0032 && refusals-- > 0 ? "timeout" : "answer";
  const { takenAtMs } = await firstReading(rig);
  const live = rig.bus.calls.find((call) => call.address === 0x0000);
  assert.equal(takenAtMs, start + (live?.atMs ?? 0) + 10);
});

Deno.test("Meter returns the phase sequence only for the numbers of its model", async () => {
  const cases = [
    ["em580", "FFFF", true],
    ["em580", "0001", false],
    ["em580", "0000", undefined],
    ["em580", "0002", undefined],
    ["em340", "FFFF", true],
    ["em340", "0000", false],
    ["em340", "0001", undefined],
  ] as const;
  for (const [kind, word, error] of cases) {
    const rig = new Rig(kind);
    rig.bus.set(0x0032, word);
    const reading = await firstReading(rig);
    assert.equal(reading.phaseSequenceError, error, `${kind} ${word}`);
    assert.equal("phaseSequenceError" in reading, error !== undefined);
  }
});

Deno.test("Meter reports no phase sequence while a phase has no voltage", async () => {
  for (const kind of ["em580", "em340"] as const) {
    for (const [address, words] of [[0x0002, "0000 0000"], [0x0004, "012B 0000"], [0x0000, "FFFF 7FFF"]] as const) {
      const rig = new Rig(kind);
      rig.bus.set(address, words);
      const reading = await firstReading(rig);
      assert.equal("phaseSequenceError" in reading, false, `${kind}: ${words}`);
    }
  }
});

Deno.test("Meter returns no value for a register that is over its range, and no group without values", async () => {
  for (const [kind, energies] of [["em580", undefined], ["em340", 0x0400]] as const) {
    const rig = new Rig(kind);
    for (const at of [0x00, 0x02, 0x04, 0x0e, 0x16, 0x28]) rig.bus.set(at, "FFFF 7FFF");
    rig.bus.set(0x0032, "7FFF 7FFF").set(0x0307, "7FFF");
    if (energies !== undefined) rig.bus.set(energies, "FFFF 7FFF");
    const reading = await firstReading(rig);
    assert.deepEqual(reading.powerW, { L1: 3680.5, L2: -3680.5 });
    assert.deepEqual(reading.currentA, { L1: 16.001, L3: 0.001 });
    for (const absent of ["voltageV", "frequencyHz", "phaseSequenceError", "temperatureC"]) {
      assert.equal(absent in reading, false, `${kind}: ${absent}`);
    }
    assert.equal("energyImportWh" in reading, energies === undefined);
    assert.equal("energyExportWh" in reading, true);
    assert.deepEqual(rig.faults, []);
  }
});

Deno.test("Meter returns no frequency for the number that means none", async () => {
  const rig = new Rig("em580");
  rig.bus.set(0x0033, "FFFF");
  assert.equal("frequencyHz" in await firstReading(rig), false);
});

Deno.test("Meter never returns a negative zero", async () => {
  const rig = new Rig("em580");
  rig.bus.set(0x0000, "0000 ".repeat(52)).set(0x0307, "0000");
  const { powerW, temperatureC, voltageV } = await firstReading(rig);
  for (const value of [powerW?.total, powerW?.L1, temperatureC, voltageV?.L1]) assert.ok(Object.is(value, 0));
});

Deno.test("Meter returns energies up to 2^53 Wh exactly and omits larger ones", async () => {
  const rig = new Rig("em580");
  rig.bus.set(0x0500, "FFFF FFFF FFFF 001F").set(0x051c, "0000 0000 0000 0020");
  const reading = await firstReading(rig);
  assert.equal(reading.energyImportWh, 9007199254740991);
  assert.equal("energyExportWh" in reading, false);
  assert.ok(rig.logged.some((line) => line.startsWith("warn Cannot read the energy at 051Ch")));
});

Deno.test("Meter returns a reading without the temperature or the signed map if they cannot be read", async () => {
  const rig = new Rig("em580");
  rig.bus.script = ({ address }) => address === 0x0307 ? { exception: 4 } : address === 0x0800 ? "timeout" : "answer";
  const reading = await firstReading(rig);
  assert.equal("temperatureC" in reading, false);
  assert.equal("signedValue" in reading, false);
  assert.equal(reading.energyImportWh, 5_000_000_000);
  assert.deepEqual(rig.faults, []);
});

Deno.test("Meter reads energies, temperature and the signed map at the configured intervals", async () => {
  const rig = await new Rig("em580", {
    energyIntervalMs: 2000,
    temperatureIntervalMs: 5000,
    signedValueIntervalMs: 10_000,
  }).online();
  await rig.time.advanceUntil(() => rig.readings.length === 21);
  await rig.stop();
  // The first reading has everything and belongs to the slot at 1 s
  const having = (key: string) => rig.readings.flatMap((reading, index) => key in reading ? [index + 1] : []);
  assert.deepEqual(having("energyImportWh"), [1, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20]);
  assert.deepEqual(having("temperatureC"), [1, 5, 10, 15, 20]);
  assert.deepEqual(having("signedValue"), [1, 10, 20]);
});

Deno.test("Meters of one line read their rare values at different times", async () => {
  const seldom = { energyIntervalMs: 4000, deviceStateReadIntervalMs: 4000, gridOffset: 0.5 };
  const rig = await new Rig("em580", seldom).online();
  await rig.time.advance(20_000);
  await rig.stop();
  const times = (address: number) =>
    rig.bus.calls.filter((call) => call.address === address).map((call) => call.atMs).slice(1);
  // Half of 4 s after the turn of the others: the device state at once, the energies in the next live cycle
  const deviceState = times(0x5012);
  assert.ok(deviceState.length >= 4 && deviceState.every((atMs) => atMs % 4000 === 2000), `${deviceState}`);
  const energies = times(0x0500);
  assert.ok(energies.length >= 4 && energies.every((atMs) => atMs % 4000 > 2500 && atMs % 4000 < 3000), `${energies}`);
});

Deno.test("Meter does not read signed values on the grid unless configured", async () => {
  for (const [policy, now] of [["never", false], ["on_demand", true]] as const) {
    const rig = await new Rig("em580", { publishSignedValues: policy }).online();
    await rig.time.advance(3000);
    const reading = await rig.during(rig.meter.readNow());
    assert.equal("signedValue" in reading, now);
    assert.equal(reading.temperatureC, -12.3);
    assert.ok(rig.readings.length >= 2 && rig.readings.every((other) => !("signedValue" in other)));
    await rig.stop();
  }
});

Deno.test("Meter.readNow reads everything outside the grid, before live polling", async () => {
  const rig = await new Rig("em580", { energyIntervalMs: 60_000, liveMeasurementIntervalMs: 5000 }).online();
  await rig.time.advanceUntil(() => rig.readings.length === 1);
  rig.bus.set(0x0500, "F201 2A05 0001 0000").forget();
  const before = rig.time.now();
  const reading = await rig.during(rig.meter.readNow());
  assert.equal(reading.energyImportWh, 5_000_000_001);
  assert.ok(reading.takenAtMs > before);
  assert.deepEqual(new Set(rig.bus.calls.map((call) => call.priority)), new Set(["health"]));
  await rig.stop();
});

Deno.test("a failed Meter.readNow sets the meter offline without waiting for the next cycle", async () => {
  const rig = await new Rig("em580", { liveMeasurementIntervalMs: 60_000 }).online();
  rig.bus.script = ({ address }) => address === 0 ? "timeout" : "answer";
  await assert.rejects(rig.during(rig.meter.readNow()), { name: "LineError", code: "timeout" });
  await rig.time.advance(100);
  assert.equal(rig.meter.state, "offline");
  assert.deepEqual(rig.faults.map((fault) => fault.subType), ["CommunicationError"]);
  await rig.stop();
});

Deno.test("Meter.readNow fails with the code offline before setup, while silent and after the end", async () => {
  const rig = new Rig("em580");
  const offline = { name: "MeterError", code: "offline" };
  await assert.rejects(rig.meter.readNow(), offline);
  await rig.online();
  rig.bus.script = () => "timeout";
  await assert.rejects(rig.during(rig.meter.readNow()), { name: "LineError", code: "timeout" });
  await rig.time.advanceUntil(() => rig.meter.state === "offline");
  await assert.rejects(rig.meter.readNow(), offline);
  await rig.stop();
  await assert.rejects(rig.meter.readNow(), offline);
});
