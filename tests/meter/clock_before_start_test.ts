import assert from "node:assert/strict";
import { clockCalls, quiet, Rig } from "./rig.ts";

const settled = (rig: Rig) => rig.during(rig.meter.exclusive(() => rig.meter.setClockBeforeStart()));

Deno.test("Meter's time status is read and logged at setup and before a start, whatever its number is", async () => {
  for (const status of ["0000", "0001", "FFFF"]) {
    const rig = new Rig("em580", quiet);
    rig.bus.set(0x7060, status);
    await rig.online();
    const line = `info The meter's time status (7060h) is ${parseInt(status, 16)}`;
    assert.deepEqual(rig.logged.filter((logged) => logged.includes("7060h")), [line]);
    rig.bus.forget();
    await settled(rig);
    assert.deepEqual(rig.bus.seen, ["read 7060/1"]);
    assert.deepEqual(rig.logged.filter((logged) => logged.includes("7060h")), [line, line]);
    await rig.stop();
  }
});

Deno.test("Meter without a time status is set up as usual, and the status is not read before a start", async () => {
  for (const answer of ["timeout", { exception: 2 }] as const) {
    const rig = new Rig("em580", quiet);
    rig.bus.script = (call) => call.address === 0x7060 ? answer : "answer";
    await rig.online();
    assert.equal(rig.bus.calls.filter((call) => call.address === 0x7060).length, 1);
    assert.deepEqual(rig.course, ["connecting", "identified", "online"]);
    assert.equal(clockCalls(rig).length, 2);
    rig.bus.forget();
    await settled(rig);
    assert.deepEqual(rig.bus.seen, []);
    await rig.stop();
  }
});

Deno.test("Meter's clock is set before a start when the last setting failed, or the machine's clock was set since", async () => {
  const rig = new Rig("em580", quiet);
  rig.bus.set(0x7060, "0000");
  rig.bus.script = (call) => call.address === 0x7032 ? { exception: 4 } : "answer";
  await rig.online();
  rig.bus.script = () => "answer";
  rig.bus.forget();
  await settled(rig);
  assert.equal(clockCalls(rig).length, 2);
  assert.deepEqual(rig.course.slice(-1), ["cleared ClockNotSet"]);
  await settled(rig);
  assert.equal(clockCalls(rig).length, 2);
  rig.time.setWall(rig.time.now() + 86_400_000);
  await settled(rig);
  assert.equal(clockCalls(rig).length, 4);
  await rig.stop();
});

Deno.test("Meter's clock costs a start one unanswered exchange at most, and no fault", async () => {
  const rig = new Rig("em580", { ...quiet, communicationRetryCount: 10 });
  rig.bus.set(0x7060, "0000");
  await rig.online();
  rig.time.setWall(rig.time.now() + 86_400_000);
  for (const silent of [0x7060, 0x7100, 0x7032, 0x7031]) {
    rig.bus.script = (call) => call.address === silent ? "timeout" : "answer";
    const before = rig.time.mono();
    await settled(rig);
    assert.ok(rig.time.mono() - before <= rig.bus.timeoutMs + 200, silent.toString(16));
  }
  assert.deepEqual(rig.faults, []);
  await rig.stop();
});
