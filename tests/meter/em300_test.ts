import assert from "node:assert/strict";
import { firstReading, Rig } from "./rig.ts";

Deno.test("Meter uses the best energies of an EM300, and logs which ones", async () => {
  const coarse = (rig: Rig) =>
    rig.bus.set(0x0034, "E240 0001").set(0x0036, "0000 ".repeat(24)).set(0x004e, "0011 0000");
  const cases = [
    [(_: Rig) => {}, 1_000_000_999, 7008, "0400h", ["read 0400/12"]],
    [
      (rig: Rig) => {
        coarse(rig.bus.unset(0x0400, 12) && rig);
        rig.bus.set(0x0500, "0000 ".repeat(32)).set(0x0500, "F201 2A05 0001 0000").set(0x051c, "3039 0000 0000 0000");
      },
      5_000_000_001,
      12_345,
      "0500h",
      ["read 0500/32"],
    ],
    [(rig: Rig) => coarse(rig.bus.unset(0x0400, 12) && rig), 12_345_600, 1700, "0034h", ["read 0034/28"]],
  ] as const;
  for (const [prepare, importWh, exportWh, register, reads] of cases) {
    const rig = new Rig("em340");
    prepare(rig);
    const reading = await firstReading(rig);
    assert.deepEqual([reading.energyImportWh, reading.energyExportWh], [importWh, exportWh], register);
    const seen = rig.bus.seen.filter((call) => call !== "read 5000/7");
    assert.deepEqual(seen.slice(-1), reads);
    const { energies } = rig.meter.identity?.layout ?? {};
    assert.equal(energies?.importWh[0]?.at, parseInt(register, 16));
    assert.deepEqual(rig.faults, []);
  }
});

Deno.test("Meter reads an EM300 without energies, and one whose energies are wrongly refused once", async () => {
  const bare = new Rig("em340");
  bare.bus.unset(0x0400, 12);
  const reading = await firstReading(bare);
  assert.deepEqual(["energyImportWh" in reading, reading.voltageV?.L1], [false, 230.1]);
  assert.equal(bare.meter.identity?.layout.energies, undefined);

  const mistaken = new Rig("em340");
  let refusals = 1;
  mistaken.bus.script = ({ address }) => address === 0x0400 && refusals-- > 0 ? { exception: 2 } : "answer";
  assert.equal((await firstReading(mistaken)).energyImportWh, 1_000_000_999);
});

Deno.test("Meter detects the word order of a sample from its voltages", async () => {
  for (const code of ["014A", "0154"]) {
    const low = new Rig("em340");
    low.bus.setAlone(0x000b, code);
    assert.equal((await firstReading(low)).voltageV?.L3, 231.1, code);

    const high = new Rig("em340");
    high.bus.setAlone(0x000b, code);
    high.bus.set(0x0000, "0000 08FD 0000 0902 0000 0907").set(0x000c, "FFFF FAC9 0000 3E81 0000 0000");
    high.bus.set(0x0400, "000F 4240 0000 03E7").set(0x0408, "0000 0007 0000 0008");
    const reading = await firstReading(high);
    assert.deepEqual(reading.voltageV, { L1: 230.1, L2: 230.6, L3: 231.1 });
    assert.deepEqual([reading.currentA?.L1, reading.currentA?.L2], [-1.335, 16.001]);
    assert.deepEqual([reading.energyImportWh, reading.energyExportWh], [1_000_000_999, 7008]);
    assert.equal(high.meter.identity?.layout.wordOrder, "high_first");
  }
  const over = new Rig("em340");
  over.bus.setAlone(0x000b, "0154").set(0x0000, "0000 08FD 7FFF FFFF 0000 0907");
  assert.deepEqual((await firstReading(over)).voltageV, { L1: 230.1, L3: 231.1 });
  const dead = new Rig("em340");
  dead.bus.setAlone(0x000b, "0154").set(0x0000, "0000 0000 0000 0000 0000 0000");
  await firstReading(dead);
  assert.equal(dead.meter.identity?.layout.wordOrder, "low_first", "possible in both orders");
  const other = new Rig("em340");
  other.bus.set(0x0000, "0000 08FD 0000 0902 0000 0907");
  await firstReading(other);
  assert.equal(other.meter.identity?.layout.wordOrder, "low_first", "341 is no sample");
});

Deno.test("Meter reports no phase sequence in a system without three phases", async () => {
  for (const [system, told] of [["0000", true], ["0001", true], ["0002", false], ["0003", false]] as const) {
    const rig = new Rig("em340");
    rig.bus.set(0x1002, system);
    assert.equal("phaseSequenceError" in await firstReading(rig), told, system);
  }
});

Deno.test("Meter reports problems of its settings and its wiring, and clears the fault within a minute", async () => {
  const rig = new Rig("em340");
  rig.bus.set(0x1103, "0000 0000 0006");
  await rig.online();
  const [fault] = rig.faults;
  assert.equal(fault?.subType, "WiringSuspect");
  assert.match(
    fault?.message ?? "",
    /1103h is 0: measurement mode A .*mode B; register 1105h is 6: .*order of the phases/,
  );
  rig.bus.set(0x1103, "0001 0000 0000");
  await rig.time.advance(61_000);
  await rig.stop();
  assert.deepEqual(rig.meter.faults.active, []);
});

Deno.test("Meter ignores the wiring status while its check is off, and needs none of these registers", async () => {
  const off = new Rig("em340");
  off.bus.set(0x1103, "0001 0001 0006");
  await off.online();
  await off.stop();
  assert.deepEqual(off.faults, []);
  for (const answer of [{ exception: 2 }, "timeout"] as const) {
    const rig = new Rig("em340");
    rig.bus.script = ({ address }) => address >= 0x1002 && address <= 0x1105 ? answer : "answer";
    const reading = await firstReading(rig);
    assert.deepEqual([rig.faults, reading.phaseSequenceError], [[], true]);
  }
});
