import assert from "node:assert/strict";
import { clockCalls, quiet, Rig } from "./rig.ts";

const utcAt = (rig: Rig) => rig.bus.calls.find((call) => call.address === 0x7032)?.atMs ?? 0;

Deno.test("Meter sets clock and then offset at setup, after it has read the OCMF state", async () => {
  const rig = await new Rig("em580", { ...quiet, timezoneOffsetMinutes: -90 }).online();
  assert.deepEqual(rig.bus.seen.filter((seen) => /^write|7100/.test(seen)).slice(-3), [
    "read 7100/1",
    "write 7032/4 B680 697D 0000 0000", // 2026-01-31T08:00:00Z
    "write 7031/1 FFA6",
  ]);
  await rig.stop();
});

Deno.test("Meter writes the second that it is, rounded down", async () => {
  const rig = new Rig("em580", quiet);
  rig.time.setWall(Date.UTC(2026, 0, 31, 8) + 1899 - 11 * 10);
  await rig.online();
  assert.ok(utcAt(rig) < 120);
  assert.equal(rig.bus.get(0x7032, 4), "B681 697D 0000 0000");
  await rig.stop();
});

Deno.test("Meter writes the time again if the write was delayed", async () => {
  const rig = new Rig("em580", quiet);
  let lost = 1;
  rig.bus.timeoutMs = 3000;
  rig.bus.script = (call) => call.address === 0x7032 && lost-- > 0 ? "timeout" : "answer";
  await rig.online();
  const writes = clockCalls(rig).filter((seen) => seen?.startsWith("write 7032"));
  assert.equal(writes.length, 3);
  assert.equal(writes[0], writes[1]);
  const sentAtMs = rig.bus.calls.findLast((call) => call.address === 0x7032)?.atMs ?? 0;
  const seconds = Math.floor(sentAtMs / 1000) + 1769846400;
  assert.equal(writes[2], `write 7032/4 ${(seconds & 0xffff).toString(16).toUpperCase()} 697D 0000 0000`);
  await rig.stop();
});

Deno.test("Meter sets the clock every hour", async () => {
  const rig = await new Rig("em580", quiet).online();
  await rig.time.advance(3_599_000);
  assert.equal(clockCalls(rig).length, 2);
  await rig.time.advance(2000);
  assert.equal(clockCalls(rig).length, 4);
  await rig.time.advance(3_600_000);
  assert.equal(clockCalls(rig).length, 6);
  await rig.stop();
});

Deno.test("Meter keeps its hourly schedule when the machine's clock is set, and writes the new time within a minute", async () => {
  const rig = await new Rig("em580", quiet).online();
  await rig.time.advance(600_000);
  rig.bus.forget();
  for (const jumpMs of [86_400_000, -2 * 86_400_000]) {
    rig.time.setWall(rig.time.now() + jumpMs);
    await rig.time.advance(61_000);
    assert.equal(clockCalls(rig).length, 2);
    rig.bus.forget();
    await rig.time.advance(3_530_000);
    assert.equal(clockCalls(rig).length, 0);
    await rig.time.advance(70_000);
    assert.equal(clockCalls(rig).length, 2);
    rig.bus.forget();
  }
  rig.time.setWall(rig.time.now() + 4000);
  await rig.time.advance(120_000);
  assert.equal(clockCalls(rig).length, 0);
  await rig.stop();
});

Deno.test("Meter never sets the clock during a transaction, and sets it right after the confirmation", async () => {
  const rig = new Rig("em580", quiet);
  rig.bus.set(0x7100, "0001");
  await rig.online();
  await rig.time.advance(3_700_000);
  await rig.during(rig.meter.exclusive(() => rig.meter.setClockIfDue()));
  assert.deepEqual(clockCalls(rig), []);
  rig.bus.set(0x7100, "0000").forget();
  await rig.during(rig.meter.exclusive(() => rig.meter.setClockIfDue()));
  assert.deepEqual(clockCalls(rig).map((seen) => seen?.slice(0, 12)), ["write 7032/4", "write 7031/1"]);
  assert.ok(rig.bus.calls.every((call) => call.priority === "transaction"));
  rig.bus.forget();
  await rig.during(rig.meter.setClockIfDue());
  assert.deepEqual(rig.bus.seen, []);
  await rig.time.advance(3_500_000);
  assert.deepEqual(clockCalls(rig), []);
  assert.deepEqual(rig.faults, []);
  await rig.stop();
});

Deno.test("Meter that lost its power gets the time after the confirmation, or before the next start if it refused it", async () => {
  const rig = await new Rig("em580", quiet).online();
  rig.bus.forget();
  await rig.during(rig.meter.exclusive(() => rig.meter.setClockIfDue(true)));
  assert.equal(clockCalls(rig).length, 2);
  rig.bus.script = (call) => call.address === 0x7032 ? { exception: 4 } : "answer";
  await rig.during(rig.meter.exclusive(() => rig.meter.setClockIfDue(true)));
  rig.bus.script = () => "answer";
  rig.bus.forget();
  await rig.during(rig.meter.exclusive(() => rig.meter.setClockBeforeStart()));
  assert.equal(clockCalls(rig).length, 2);
  await rig.stop();
});

Deno.test("Meter sets a due clock itself soon after the end of the transaction", async () => {
  const rig = new Rig("em580", quiet);
  rig.bus.set(0x7100, "0001");
  await rig.online();
  await rig.time.advance(3_700_000);
  rig.bus.set(0x7100, "0000");
  await rig.time.advance(61_000);
  assert.equal(clockCalls(rig).length, 2);
  await rig.stop();
});

Deno.test("Meter does not set the clock between the steps of a transaction", async () => {
  const rig = await new Rig("em580", quiet).online();
  await rig.time.advance(3_590_000);
  const { promise, resolve } = Promise.withResolvers<void>();
  const steps = rig.meter.exclusive(() => promise);
  await rig.time.advance(60_000);
  assert.equal(clockCalls(rig).length, 2);
  resolve();
  await rig.during(steps);
  await rig.time.advance(100);
  assert.equal(clockCalls(rig).length, 4);
  await rig.stop();
});

Deno.test("Meter retries the time after a refusal at power-up without failing setup", async () => {
  const rig = new Rig("em580", quiet);
  let refusals = 2;
  rig.bus.script = (call) => call.address === 0x7032 && refusals-- > 0 ? { exception: 4 } : "answer";
  await rig.online();
  const times = rig.bus.calls.filter((call) => call.address === 0x7032).map((call) => call.atMs);
  assert.equal(times.length, 3);
  assert.ok((times[1] ?? 0) - (times[0] ?? 0) >= 2000);
  assert.deepEqual(rig.faults, []);
  await rig.stop();
});

Deno.test("Meter that keeps refusing the time is online with a fault, and retries every minute until it succeeds", async () => {
  const rig = new Rig("em580", quiet);
  rig.bus.script = (call) => call.address === 0x7032 ? { exception: 4 } : "answer";
  await rig.online();
  assert.deepEqual(rig.course, ["connecting", "raised ClockNotSet", "identified", "online"]);
  assert.match(rig.faults[0]?.message ?? "", /refused the time: Exception 4/);
  rig.bus.forget();
  await rig.time.advance(180_500);
  assert.equal(clockCalls(rig).length, 3);
  rig.bus.script = () => "answer";
  await rig.time.advance(60_000);
  assert.deepEqual(rig.course.slice(-1), ["cleared ClockNotSet"]);
  rig.bus.forget();
  await rig.time.advance(3_500_000);
  assert.deepEqual(clockCalls(rig), []);
  await rig.stop();
});

Deno.test("Meter fails setup on a timeout of the time register", async () => {
  const rig = new Rig("em580", { initialConnectionRetryCount: 2 });
  rig.bus.script = (call) => call.address === 0x7032 ? "timeout" : "answer";
  rig.meter.start();
  await rig.time.advanceUntil(() => rig.meter.state === "offline");
  assert.deepEqual(rig.course, ["connecting", "raised CommunicationError", "offline"]);
  await rig.stop();
});

Deno.test("Meter does not set the clock while our own is not synchronised", async () => {
  let synchronised = false;
  const rig = await new Rig("em580", { ...quiet, maySetClock: () => synchronised }).online();
  await rig.time.advance(120_000);
  assert.deepEqual(clockCalls(rig), []);
  assert.deepEqual(rig.faults, []);
  assert.ok(rig.logged.some((line) => line.startsWith("debug The clock of the meter is not set")));
  synchronised = true;
  await rig.time.advance(61_000);
  assert.equal(clockCalls(rig).length, 2);
  await rig.stop();
});

Deno.test("Meter never writes an impossible time, and writes the right time within a minute", async () => {
  for (const impossible of ["1970-01-01T00:01:00Z", "2025-12-31T23:57:00Z", "2046-01-01T00:00:01Z"]) {
    const rig = new Rig("em580", quiet);
    rig.time.setWall(Date.parse(impossible));
    await rig.online();
    await rig.time.advance(120_000);
    assert.deepEqual(clockCalls(rig), [], impossible);
    assert.deepEqual(rig.faults, []);
    rig.time.setWall(Date.UTC(2026, 0, 31, 8));
    await rig.time.advance(61_000);
    assert.equal(clockCalls(rig).length, 2, impossible);
    await rig.stop();
  }
});

Deno.test("Meter does not write a time that became impossible while the OCMF state was read", async () => {
  const rig = new Rig("em580", quiet);
  rig.bus.script = (call) => {
    if (call.address === 0x7100) rig.time.setWall(60_000);
    return "answer";
  };
  await rig.online();
  assert.deepEqual(clockCalls(rig), []);
  await rig.stop();
});

Deno.test("Meter does not set the clock if the OCMF state is unknown", async () => {
  const rig = new Rig("em580", quiet);
  rig.bus.set(0x7100, "0009");
  await rig.online();
  assert.deepEqual(clockCalls(rig), []);
  assert.equal(rig.faults[0]?.subType, "ClockNotSet");
  await rig.stop();
});
