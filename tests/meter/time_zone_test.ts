import assert from "node:assert/strict";
import { clockCalls, quiet, Rig } from "./rig.ts";

const berlin = { ...quiet, timeZone: "Europe/Berlin" };

/** Half an hour before daylight saving time begins. */
const beforeSummerMs = Date.UTC(2026, 2, 29, 0, 30);

const offsets = (rig: Rig) =>
  rig.bus.calls.flatMap(({ address }, index) => address === 0x7031 ? [rig.bus.seen[index]?.slice(-4)] : []);

Deno.test("Meter in a time zone gets the offset of daylight saving time within a minute after its begin and end", async () => {
  for (
    const [beforeMs, before, after] of [[beforeSummerMs, "003C", "0078"], [
      Date.UTC(2026, 9, 25, 0, 30),
      "0078",
      "003C",
    ]] as const
  ) {
    const rig = new Rig("em580", berlin);
    rig.time.setWall(beforeMs);
    await rig.online();
    await rig.time.advance(28 * 60_000);
    assert.deepEqual(offsets(rig), [before]);
    await rig.time.advance(3 * 60_000);
    assert.deepEqual(offsets(rig), [before, after]);
    await rig.time.advance(3_500_000);
    assert.deepEqual(offsets(rig), [before, after], "and then every hour");
    await rig.stop();
  }
});

Deno.test("Meter in a time zone gets its new offset only when no transaction is open", async () => {
  const rig = new Rig("em580", berlin);
  rig.time.setWall(beforeSummerMs);
  await rig.online();
  rig.bus.set(0x7100, "0001").forget();
  await rig.time.advance(3_500_000);
  assert.deepEqual(clockCalls(rig), []);
  rig.bus.set(0x7100, "0000");
  await rig.during(rig.meter.exclusive(() => rig.meter.setClockIfDue()));
  assert.deepEqual(offsets(rig), ["0078"]);
  await rig.stop();
});

Deno.test("Meter in a time zone gets its new offset before a start immediately after the change", async () => {
  const rig = new Rig("em580", berlin);
  rig.time.setWall(Date.UTC(2026, 2, 29, 0, 59, 50));
  await rig.online();
  rig.bus.forget();
  await rig.time.advance(15_000);
  await rig.during(rig.meter.exclusive(() => rig.meter.setClockBeforeStart()));
  assert.deepEqual(offsets(rig), ["0078"]);
  await rig.stop();
});

Deno.test("Meter in a time zone does not retry without pauses while the machine's clock is not reliable", async () => {
  const rig = new Rig("em580", { ...berlin, maySetClock: () => false });
  rig.time.setWall(beforeSummerMs);
  await rig.online();
  await rig.time.advance(3_600_000);
  assert.deepEqual(clockCalls(rig), []);
  await rig.stop();
});
