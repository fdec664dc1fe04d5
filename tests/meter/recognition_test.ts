import assert from "node:assert/strict";
import { Rig, settledRig } from "./rig.ts";

/** Serial numbers in register format. */
const words = {
  other: "4242 4242 3232 3232 0000 0000 0000",
  firstLetter: "3000 0000 0000 0000 0000 0000 0000",
  none: "0000 0000 0000 0000 0000 0000 0000",
  lineFeed: "4142 0A43 4445 4600 0000 0000 0000",
  beginning: "3031 3233 3435 3600 0000 0000 0000",
  hole: "3031 3233 3435 0000 3637 3839 0000",
};

const serialRead = "read 5000/7";
const own = "0123456789ABC.2024";

Deno.test("Meter first reads only the serial number after its line was reopened", async () => {
  const rig = await settledRig();
  const course = rig.course.length;
  rig.bus.plug();
  await rig.time.advance(100);
  assert.deepEqual(rig.bus.seen, [serialRead]);
  assert.equal(rig.bus.calls[0]?.priority, "transaction");
  await rig.time.advanceUntil(() => rig.readings.length === 3);
  assert.deepEqual(rig.bus.seen.filter((call) => /5000|2500|7032|7031/.test(call)), [serialRead]);
  assert.equal(rig.course.length, course);
  assert.deepEqual(rig.events.filter(({ kind }) => kind === "recognised").length, 1);
  await rig.stop();
});

Deno.test("Meter publishes no reading of another meter after its line was reopened", async () => {
  const rig = await settledRig();
  rig.bus.plug();
  rig.bus.set(0x5000, words.other);
  await rig.time.advanceUntil(() => rig.readings.length === 3);
  assert.deepEqual(rig.readings.map(({ meterId }) => meterId), [own, "BBBB2222.2024", "BBBB2222.2024"]);
  const identified = rig.events.findLast((event) => event.kind === "identified");
  assert.ok(identified?.kind === "identified" && identified.previous?.meterId === own);
  await rig.stop();
});

Deno.test("Meter publishes no reading of a meter that replaced it between two readings of a long interval", async () => {
  const rig = await new Rig("em580", { liveMeasurementIntervalMs: 60_000, deviceStateReadIntervalMs: 600_000 })
    .online();
  await rig.time.advanceUntil(() => rig.readings.length === 1);
  rig.bus.set(0x5000, words.other);
  await rig.time.advanceUntil(() => rig.readings.length === 2);
  assert.deepEqual(rig.readings.map(({ meterId }) => meterId), [own, "BBBB2222.2024"]);
  await rig.stop();
});

Deno.test("Meter reads its serial number once for each reading after a long interval, and not after a short one", async () => {
  for (const [liveMeasurementIntervalMs, reads] of [[10_000, 0], [13_000, 2]] as const) {
    const rig = await new Rig("em580", { liveMeasurementIntervalMs, deviceStateReadIntervalMs: 600_000 }).online();
    await rig.time.advanceUntil(() => rig.readings.length === 1);
    rig.bus.forget();
    await rig.time.advanceUntil(() => rig.readings.length === 3);
    assert.equal(rig.bus.seen.filter((call) => call === serialRead).length, reads, `${liveMeasurementIntervalMs} ms`);
    await rig.stop();
  }
});

Deno.test("Meter publishes no reading before its serial number is read after its line was reopened", async () => {
  const rig = await settledRig();
  rig.bus.script = ({ address }) => address === 0x5000 ? { exception: 6 } : "answer";
  rig.bus.plug();
  await rig.time.advance(1300);
  assert.deepEqual([rig.readings.length, new Set(rig.bus.seen).size], [1, 1]);
  rig.bus.script = () => "answer";
  await rig.time.advanceUntil(() => rig.readings.length === 2);
  await rig.stop();
});

Deno.test("Meter fails the steps of work that began before its line was reopened", async () => {
  const rig = await settledRig();
  const outcomes: unknown[] = [];
  const work = rig.meter.exclusive(async () => {
    outcomes.push(await rig.meter.readOcmfState());
    rig.bus.plug();
    await rig.time.sleep(500);
    outcomes.push(await rig.meter.confirmOcmfFile().catch((error: { code: string }) => error.code));
  });
  await rig.during(work);
  assert.deepEqual(outcomes, ["NOT_READY", "closed"]);
  assert.equal(await rig.during(rig.meter.exclusive(() => rig.meter.readOcmfState())), "NOT_READY");
  await rig.stop();
});

Deno.test("Meter.recognised waits up to 5 s for a closed line", async () => {
  const rig = await settledRig();
  rig.bus.unplug();
  await rig.time.advanceUntil(() => rig.meter.state === "offline");
  const begunAtMs = rig.time.mono();
  await rig.during(Promise.resolve(rig.meter.recognised()));
  assert.ok(Math.abs(rig.time.mono() - begunAtMs - 5000) <= 1000, `${rig.time.mono() - begunAtMs}`);
  const waiting = Promise.resolve(rig.meter.recognised());
  rig.bus.plug();
  const pluggedAtMs = rig.time.mono();
  await rig.during(waiting);
  assert.ok(rig.time.mono() - pluggedAtMs < 1000);
  assert.equal(rig.meter.state, "online");
  await rig.stop();
});

Deno.test("Meter.recognised does not wait for a silent meter on an open line", async () => {
  const rig = await settledRig();
  rig.bus.script = () => "timeout";
  await rig.time.advanceUntil(() => rig.meter.state === "offline");
  assert.equal(rig.meter.recognised(), undefined);
  await rig.stop();
});

Deno.test("Meter.requireSameMeter identifies another meter on the same connection", async () => {
  const rig = await settledRig();
  await rig.during(rig.meter.requireSameMeter());
  rig.bus.set(0x5000, words.other);
  await assert.rejects(rig.during(rig.meter.requireSameMeter()), {
    code: "replaced",
    message: /BBBB2222.*0123456789ABC/,
  });
  await rig.time.advanceUntil(() => rig.meter.identity?.serialNumber === "BBBB2222");
  await rig.stop();
});

for (const [name, held] of Object.entries(words).filter(([name]) => name !== "other")) {
  Deno.test(`a known meter does not accept an implausible serial number: ${name}`, async () => {
    const rig = await settledRig();
    rig.bus.script = () => "timeout";
    await rig.time.advanceUntil(() => rig.meter.state === "offline");
    rig.bus.script = () => "answer";
    rig.bus.set(0x5000, held);
    await rig.time.advanceUntil(() => rig.faults.at(-1)?.message.includes(held.replaceAll(" ", "")) === true);
    assert.equal(rig.meter.identity?.meterId, own);
    rig.bus.set(0x5000, "3031 3233 3435 3637 3839 4142 4300");
    await rig.time.advanceUntil(() => rig.meter.state === "online");
    assert.equal(rig.meter.identity?.meterId, own);
    await rig.stop();
  });
}

Deno.test("Meter that returns only the first letter of its serial number after power-up is read again", async () => {
  const rig = new Rig("em580");
  rig.bus.set(0x5000, words.firstLetter);
  rig.meter.start();
  await rig.time.advance(2000);
  assert.equal(rig.meter.state, "connecting");
  rig.bus.set(0x5000, words.other);
  await rig.time.advanceUntil(() => rig.meter.state === "online");
  assert.equal(rig.meter.identity?.meterId, "BBBB2222.2024");
  await rig.stop();
});

Deno.test("an unknown meter is accepted with an implausible serial number after 5 s", async () => {
  const rig = new Rig("em580");
  rig.bus.set(0x5000, words.firstLetter);
  rig.meter.start();
  await rig.time.advance(4000);
  assert.equal(rig.meter.state, "connecting");
  await rig.time.advanceUntil(() => rig.meter.state === "online");
  assert.equal(rig.meter.identity?.meterId, "0.2024");
  await rig.stop();
});

Deno.test("Meter with an empty serial number is identified by its name, and no id is empty", async () => {
  for (const knownSerialNumber of [undefined, "", "evse-1"]) {
    const rig = new Rig("em580", knownSerialNumber === undefined ? {} : { knownSerialNumber: () => knownSerialNumber });
    rig.bus.set(0x5000, "0000 0000 0000 0000 0000 0000 0000");
    await rig.online();
    assert.deepEqual([rig.meter.identity?.serialNumber, rig.meter.identity?.meterId], ["evse-1", "evse-1.2024"]);
    rig.bus.plug();
    const before = rig.readings.length;
    await rig.time.advanceUntil(() => rig.readings.length > before + 1);
    await rig.stop();
    assert.equal(rig.events.filter(({ kind }) => kind === "identified").length, 1);
  }
});

Deno.test("a meter that an earlier process knew does not accept an implausible serial number", async () => {
  const rig = new Rig("em580", { knownSerialNumber: () => "0123456789ABC" });
  rig.bus.set(0x5000, words.firstLetter);
  rig.meter.start();
  await rig.time.advanceUntil(() => rig.meter.state === "offline");
  assert.match(rig.faults[0]?.message ?? "", /5000h contains 3000000000.*0123456789ABC was here before/);
  await rig.stop();
});

Deno.test("Meter.readNow returns no reading of a meter that replaced the requested one", async () => {
  const rig = await new Rig("em580", {
    communicationRetryCount: 2,
    communicationRetryDelayMs: 10_000,
    communicationErrorPauseDelayS: 1,
    publishSignedValues: "never",
  }).online();
  let isSilent = true;
  rig.bus.script = () => isSilent ? "timeout" : "answer";
  await rig.time.advance(9000);
  const reading = rig.meter.readNow();
  reading.catch(() => {});
  await rig.time.advanceUntil(() => rig.meter.state === "offline");
  rig.bus.set(0x5000, "4242 4242 4242 4242 4242 4242 4200");
  isSilent = false;
  await assert.rejects(rig.during(reading), { name: "MeterError", code: "replaced" });
  assert.equal(rig.meter.state, "online");
  await rig.stop();
});

Deno.test("Meter pauses a second between failing exchanges on an open line", async () => {
  const rig = await settledRig();
  rig.bus.unplug();
  await rig.time.advanceUntil(() => rig.meter.state === "offline");
  let asked = 0;
  rig.bus.script = () => {
    asked++;
    return "closed";
  };
  rig.bus.plug();
  await rig.time.advance(10_000);
  assert.ok(asked > 5 && asked < 15, `${asked}`);
  rig.bus.script = () => "answer";
  await rig.time.advanceUntil(() => rig.meter.state === "online");
  await rig.stop();
});

Deno.test("Meter publishes no reading of another meter that answers after a silence", async () => {
  const rig = await settledRig();
  const silentAtMs = rig.time.mono();
  rig.bus.script = () => {
    if (rig.time.mono() - silentAtMs < 1500) return "timeout";
    rig.bus.set(0x5000, words.other);
    return "answer";
  };
  await rig.time.advanceUntil(() => rig.readings.length === 3);
  assert.deepEqual(rig.readings.map(({ meterId }) => meterId), [own, "BBBB2222.2024", "BBBB2222.2024"]);
  assert.equal(rig.course.includes("raised CommunicationError"), false);
  await rig.stop();
});

Deno.test("Meter answers no request with a reading of another meter that answers after a silence", async () => {
  const rig = await settledRig();
  rig.bus.script = (_, nth) => nth === 1 ? "timeout" : "answer";
  rig.bus.set(0x5000, words.other);
  await assert.rejects(rig.during(rig.meter.readNow()), { code: "replaced" });
  await rig.time.advanceUntil(() => rig.meter.identity?.serialNumber === "BBBB2222");
  await rig.stop();
});

Deno.test("Meter reads its serial number once after a silence", async () => {
  const rig = await settledRig();
  rig.bus.script = (_, nth) => nth === 1 ? "timeout" : "answer";
  await rig.time.advanceUntil(() => rig.readings.length === 4);
  assert.deepEqual(rig.bus.seen.filter((call) => call === serialRead), [serialRead]);
  await rig.stop();
});

Deno.test("Meter does not combine the key of one meter with the serial number of another", async () => {
  const rig = new Rig("em580");
  rig.bus.script = ({ address }) => {
    if (address === 0x5000) rig.bus.set(0x2500, "0499");
    return "answer";
  };
  rig.meter.start();
  await rig.time.advanceUntil(() => rig.meter.state === "online");
  const { billing } = rig.meter.identity ?? {};
  assert.equal(billing?.able && billing.publicKeyPoint.slice(0, 4), "0499");
  await rig.stop();
});
