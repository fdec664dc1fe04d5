import assert from "node:assert/strict";
import { Rig } from "./rig.ts";

Deno.test("Meter goes offline when all attempts of a live read fail, and returns with a complete setup", async () => {
  const rig = await new Rig("em580").online();
  await rig.time.advanceUntil(() => rig.readings.length === 2);
  rig.bus.forget();
  rig.bus.script = () => "timeout";
  const brokenAtMs = rig.time.mono();
  await rig.time.advanceUntil(() => rig.meter.state === "offline");
  assert.equal(rig.bus.calls.filter((call) => call.address === 0).length, 3);
  assert.ok(rig.time.mono() - brokenAtMs <= 1000 + 3 * 500 + 2 * 500 + 600);
  assert.match(rig.faults[0]?.message ?? "", /^Cannot read meter evse-1: No answer from unit 1, register 0000h/);
  rig.bus.forget();
  rig.bus.script = () => "answer";
  await rig.time.advance(9900);
  assert.deepEqual(rig.bus.seen, []);
  await rig.time.advanceUntil(() => rig.readings.length === 3);
  assert.equal(rig.bus.seen[0], "read 000B/1");
  await rig.stop();
  assert.deepEqual(rig.course, [
    "connecting",
    "identified",
    "online",
    "raised CommunicationError",
    "offline",
    "connecting",
    "identified",
    "online",
    "cleared CommunicationError",
    "stopped",
  ]);
});

Deno.test("Meter reports the failed live read, not the cancelled reads", async () => {
  const rig = await new Rig("em580", { deviceStateReadIntervalMs: 500, communicationRetryDelayMs: 1000 }).online();
  await rig.time.advanceUntil(() => rig.readings.length === 1);
  let failures = 0;
  rig.bus.script = ({ address }) => {
    if (address === 0) failures++;
    if (failures < 2 && address === 0x5012) return "answer";
    return "crc";
  };
  await rig.time.advanceUntil(() => rig.meter.state === "offline");
  await rig.time.advance(2000);
  assert.match(rig.faults[0]?.message ?? "", /Damaged answer from unit 1, register 0000h/);
  assert.equal(rig.faults.length, 1);
  await rig.stop();
});

Deno.test("Meter.triedOnce resolves when setup has ended", async () => {
  const rig = new Rig("em580");
  rig.meter.start();
  await rig.during(rig.meter.triedOnce);
  assert.equal(rig.meter.state, "online");
  await rig.stop();
});

Deno.test("Meter also raises the fault for damaged answers and exceptions, with the answer", async () => {
  for (const [answer, told] of [["crc", /Damaged answer/], [{ exception: 4 }, /Exception 4/]] as const) {
    const rig = await new Rig("em580").online();
    rig.bus.script = (call) => call.address === 0 ? answer : "answer";
    await rig.time.advanceUntil(() => rig.meter.state === "offline");
    assert.match(rig.faults[0]?.message ?? "", told);
    await rig.stop();
  }
});

Deno.test("Meter tolerates two invalid answers in its three attempts", async () => {
  for (const address of [0x0000, 0x0500]) {
    for (const bad of ["timeout", "crc", { exception: 4 }] as const) {
      const rig = await new Rig("em580").online();
      let left = 2;
      rig.bus.script = (call) => call.address === address && left-- > 0 ? bad : "answer";
      await rig.time.advance(6000);
      assert.equal(rig.meter.state, "online");
      assert.deepEqual(rig.faults, []);
      await rig.stop();
    }
  }
});

Deno.test("Meter that refuses its nameplate while it starts is read again in the same setup", async () => {
  const rig = new Rig("em580");
  let left = 3;
  rig.bus.script = () => left-- > 0 ? { exception: 4 } : "answer";
  await rig.online();
  assert.deepEqual(rig.course, ["connecting", "identified", "online"]);
  await rig.stop();
});

Deno.test("Meter that is silent at first has the configured attempts, then pauses, without end", async () => {
  const rig = new Rig("em580", { initialConnectionRetryCount: 2, initialConnectionRetryDelayMs: 1000 });
  rig.bus.script = () => "timeout";
  let tried = false;
  rig.meter.start();
  rig.meter.triedOnce.then(() => tried = true);
  await rig.time.advance(1900);
  assert.deepEqual([rig.bus.seen, tried, rig.meter.state], [["read 000B/1", "read 000B/1"], false, "connecting"]);
  await rig.time.advance(200);
  assert.deepEqual([tried, rig.meter.state], [true, "offline"]);
  rig.bus.forget();
  await rig.time.advance(60_000);
  // Only one exchange after each pause of 10 s
  assert.deepEqual(rig.bus.seen, Array(5).fill("read 000B/1"));
  assert.deepEqual(rig.course, ["connecting", "raised CommunicationError", "offline"]);
  rig.bus.script = () => "answer";
  await rig.time.advanceUntil(() => rig.readings.length === 1);
  assert.equal(rig.course.at(-1), "cleared CommunicationError");
  await rig.stop();
});

Deno.test("Meter with unlimited first attempts raises the fault after the first round and stays connecting", async () => {
  const rig = new Rig("em580", { initialConnectionRetryCount: 0, initialConnectionRetryDelayMs: 100 });
  rig.bus.script = () => "timeout";
  rig.meter.start();
  await rig.during(rig.meter.triedOnce);
  assert.deepEqual(rig.course, ["connecting", "raised CommunicationError"]);
  rig.bus.forget();
  await rig.time.advance(60_000);
  // Half a second each, after pauses of 0.1, 0.2, 0.4 ... 6.4 and then 10 s
  const begins = rig.bus.calls.map((call) => call.atMs);
  const pauses = begins.slice(1).map((atMs, index) => atMs - (begins[index] ?? 0) - 500);
  assert.deepEqual(pauses, [200, 400, 800, 1600, 3200, 6400, 10_000, 10_000, 10_000, 10_000]);
  assert.equal(rig.meter.state, "connecting");
  rig.bus.script = () => "answer";
  await rig.time.advanceUntil(() => rig.readings.length === 1);
  await rig.stop();
  assert.deepEqual(rig.course.slice(2), ["identified", "online", "cleared CommunicationError", "stopped"]);
});

Deno.test("Meter is offline at once when the device of the line is gone, and online soon after it returns", async () => {
  const rig = await new Rig("em580").online();
  await rig.time.advanceUntil(() => rig.readings.length === 1);
  rig.bus.script = () => "closed";
  await rig.time.advance(1000);
  assert.equal(rig.meter.state, "offline");
  assert.match(rig.faults[0]?.message ?? "", /\/dev\/ttyUSB0 is gone/);
  await rig.time.advance(60_000);
  assert.deepEqual(rig.course.slice(3), ["raised CommunicationError", "offline"]);
  rig.bus.script = () => "answer";
  await rig.time.advance(3000);
  assert.deepEqual(rig.course.slice(5), ["online", "cleared CommunicationError"]);
  await rig.stop();
});

Deno.test("Meter that starts on a line without a device fails once and waits for the device", async () => {
  const rig = new Rig("em580", { initialConnectionRetryCount: 0 });
  rig.bus.script = () => "closed";
  rig.meter.start();
  await rig.during(rig.meter.triedOnce);
  assert.deepEqual(rig.course, ["connecting", "raised CommunicationError", "offline"]);
  rig.bus.script = () => "answer";
  await rig.time.advance(1500);
  assert.equal(rig.meter.state, "online");
  await rig.stop();
});

Deno.test("Meter stops after the current exchange, with `stopped` as its last event", async () => {
  const rig = await new Rig("em580").online();
  rig.bus.exchangeMs = 300;
  await rig.time.advanceUntil(() => rig.bus.calls.some((call) => call.address === 0));
  const calls = rig.bus.calls.length;
  await rig.stop();
  assert.equal(rig.bus.calls.length, calls);
  assert.deepEqual(rig.events.at(-1), { kind: "state", state: "stopped", atMs: rig.time.now() });
  rig.meter.faults.raise("OcmfCorrupted", "Too late to be told");
  await rig.time.advance(5000);
  assert.equal(rig.course.at(-1), "stopped");
});

Deno.test("Meter stops in every state, also before its start", async () => {
  const idle = new Rig("em580");
  await idle.stop();
  assert.deepEqual(idle.course, ["stopped"]);
  for (const answer of ["timeout", "closed"] as const) {
    const rig = new Rig("em580", { initialConnectionRetryCount: 0 });
    rig.bus.script = () => answer;
    rig.meter.start();
    await rig.time.advance(7700);
    await rig.stop();
    assert.equal(rig.course.at(-1), "stopped");
    assert.equal(rig.time.sleeping, 0);
  }
});

Deno.test("Meter raises the errors of the device state as text, reports changes, and clears them", async () => {
  const rig = await new Rig("em580").online();
  await rig.time.advance(100);
  assert.equal(rig.bus.calls.find((call) => call.address === 0x5012)?.priority, "health");
  const after = async (word: string) => {
    rig.bus.set(0x5012, word);
    await rig.time.advance(10_000);
    return rig.meter.faults.active.map((fault) => fault.message);
  };
  assert.deepEqual(await after("0C00"), []);
  assert.match(
    (await after("0041"))[0] ?? "",
    /reports voltage V1N over maximum range, current I1 over maximum range \(/,
  );
  assert.match(
    (await after("2200"))[0] ?? "",
    /reports frequency outside validity range, measure module internal fault/,
  );
  assert.deepEqual(await after("2200").then(() => rig.faults.length), 2);
  assert.deepEqual(await after("0000"), []);
  assert.deepEqual(rig.faults.map((fault) => [fault.subType, fault.active]), [
    ["DeviceStateError", true],
    ["DeviceStateError", true],
    ["DeviceStateError", false],
  ]);
  await rig.stop();
});

Deno.test("Meter stays online if only its device state cannot be read", async () => {
  const rig = new Rig("em580");
  rig.bus.script = (call) => call.address === 0x5012 ? { exception: 2 } : "answer";
  await rig.online();
  await rig.time.advance(30_000);
  assert.equal(rig.meter.state, "online");
  assert.equal(rig.logged.filter((line) => line.startsWith("warn")).length, 1);
  await rig.stop();
});

Deno.test("Meter with damaged answers is retried after the retry delay, with growing pauses", async () => {
  const rig = await new Rig("em580", { initialConnectionRetryCount: 1 }).online();
  await rig.time.advanceUntil(() => rig.readings.length === 1);
  rig.bus.script = () => "crc";
  await rig.time.advanceUntil(() => rig.meter.state === "offline");
  assert.equal(rig.meter.answersBadly, true);
  const offlineAtMs = rig.time.mono();
  rig.bus.forget();
  await rig.time.advance(70_000);
  // A damaged answer to a probe is followed by one attempt of setup
  const probes = rig.bus.calls.filter((_, index) => index % 2 === 0).map(({ atMs }) => atMs);
  const pauses = probes.map((atMs, index) => Math.round((atMs - (probes[index - 1] ?? offlineAtMs)) / 100) / 10);
  assert.deepEqual(pauses, [0.5, 1, 2, 4, 8, 10, 10, 10, 10, 10]);
  rig.bus.script = () => "answer";
  await rig.time.advanceUntil(() => rig.meter.state === "online");
  await rig.time.advanceUntil(() => rig.readings.length === 3);
  rig.bus.script = () => "crc";
  await rig.time.advanceUntil(() => rig.meter.state === "offline");
  rig.bus.script = () => "answer";
  const brokenAtMs = rig.time.mono();
  await rig.time.advanceUntil(() => rig.meter.state === "online");
  assert.ok(rig.time.mono() - brokenAtMs < 1000, "it is read again within a second after a short disturbance");
  await rig.stop();
});

Deno.test("Meter that becomes silent after damaged answers no longer counts as one that answers", async () => {
  const rig = await new Rig("em580", { initialConnectionRetryCount: 1 }).online();
  await rig.time.advanceUntil(() => rig.readings.length === 1);
  rig.bus.script = () => "crc";
  await rig.time.advanceUntil(() => rig.meter.state === "offline");
  let damaged = 1;
  rig.bus.script = () => damaged-- > 0 ? "crc" : "timeout";
  await rig.time.advanceUntil(() => !rig.meter.answersBadly);
  rig.bus.forget();
  await rig.time.advance(30_000);
  assert.deepEqual(rig.bus.seen, ["read 000B/1", "read 000B/1"]);
  await rig.stop();
});

Deno.test("Meter that is set up repeatedly is logged as found once, and again if it is another one", async () => {
  const rig = new Rig("em580");
  rig.bus.set(0x7060, "0001");
  rig.bus.script = ({ address, words }) => address === 0 && words === 52 ? { exception: 4 } : "answer";
  rig.meter.start();
  await rig.time.advance(120_000);
  const found = () => rig.logged.filter((line) => line.startsWith("info Found meter"));
  assert.ok(rig.course.filter((step) => step === "identified").length > 5);
  assert.equal(found().length, 1, found().join());
  assert.equal(rig.logged.filter((line) => line.startsWith("info ")).length, 2, rig.logged.join("\n"));
  rig.bus.set(0x5007, "07E9");
  await rig.time.advance(30_000);
  await rig.stop();
  assert.deepEqual(found(), ["info Found meter 0123456789ABC.2024", "info Found meter 0123456789ABC.2025"]);
});
