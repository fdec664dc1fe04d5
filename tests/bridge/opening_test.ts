import assert from "node:assert/strict";
import { PortError, type PortErrorCode } from "../../bridge/mod.ts";
import { OpeningLog } from "../../bridge/opening_log.ts";
import { ReopenPause } from "../../bridge/reopen_pause.ts";
import { RepeatedFailure } from "../../bridge/repeated_failure.ts";
import type { Log } from "../../src/base/log.ts";
import { FakeTime } from "../support/fake_time.ts";

const minuteMs = 60_000;

class Device {
  readonly time = new FakeTime(Date.UTC(2026, 0, 31, 8));
  readonly lines: string[] = [];
  useful = true;
  readonly #log: OpeningLog;

  constructor(minOpenMs = 0) {
    const write = (level: string) => (text: string) => void this.lines.push(`${level} ${text}`);
    const log: Log = { error: write("error"), warn: write("warn"), info: write("info"), debug: () => {} };
    this.#log = new OpeningLog(log, this.time, minOpenMs);
  }

  opens(): void {
    this.#log.opened({ text: "Line is open", useful: () => this.useful });
  }

  fails(text: string, code: PortErrorCode = "gone"): void {
    this.#log.failed(text, new PortError(code, text));
  }
}

Deno.test("OpeningLog logs one line when a device is unplugged and one when it returns", async () => {
  const device = new Device();
  device.opens();
  await device.time.advance(minuteMs);
  device.fails("unplugged");
  for (let attempt = 0; attempt < 20; attempt++) {
    device.fails("absent", "not_found");
    await device.time.advance(1000);
  }
  device.opens();
  await device.time.advance(minuteMs);
  assert.deepEqual(device.lines, ["info Line is open", "error unplugged", "info Line is open"]);

  device.fails("unplugged");
  assert.equal(device.lines.at(-1), "error unplugged");
  assert.equal(device.time.sleeping, 0);
});

Deno.test("OpeningLog logs repeated failures of a device as one event, and its end", async () => {
  const device = new Device();
  for (let flap = 0; flap < 20; flap++) {
    device.opens();
    await device.time.advance(2000);
    device.fails("unplugged");
    await device.time.advance(1000);
  }
  device.opens();
  await device.time.advance(minuteMs);
  assert.deepEqual(device.lines, [
    "info Line is open",
    "error unplugged",
    "info Line is open",
    "error unplugged; it fails repeatedly",
    "info Line is open and stable; it failed 20 times since 2026-01-31T08:00:02.000Z",
  ]);
});

Deno.test("OpeningLog counts a connection that is closed at once as failed", async () => {
  const device = new Device(1000);
  device.useful = false;
  for (let attempt = 0; attempt < 600; attempt++) {
    device.opens();
    await device.time.advance(10);
    device.fails("closed at once", "busy");
    await device.time.advance(990);
  }
  assert.deepEqual(device.lines, ["error closed at once"]);
  device.opens();
  await device.time.advance(1000);
  assert.deepEqual(device.lines, ["error closed at once", "info Line is open"]);
});

Deno.test("OpeningLog counts a device that sends nothing as recovered only after an hour", async () => {
  const device = new Device();
  device.opens();
  device.useful = false;
  for (let pauseMs = 10_000, silences = 0; silences < 12; silences++) {
    device.fails("nothing comes");
    device.opens();
    await device.time.advance(pauseMs);
    pauseMs = Math.min(2 * pauseMs, 600_000);
  }
  const [first, open, again, ...hourly] = device.lines.slice(1);
  assert.deepEqual([first, open, again], [
    "error nothing comes",
    "info Line is open",
    "error nothing comes; it fails repeatedly",
  ]);
  assert.deepEqual(hourly, ["error nothing comes; 12 times since 2026-01-31T08:00:00.000Z"]);

  await device.time.advance(49 * minuteMs);
  assert.equal(device.time.sleeping, 1);
  await device.time.advance(minuteMs);
  assert.equal(device.time.sleeping, 0);
});

Deno.test("RepeatedFailure logs the first occurrence of each kind, then one an hour with the count", async () => {
  const time = new FakeTime(Date.UTC(2026, 0, 31, 8));
  const failure = new RepeatedFailure(time);
  assert.equal(failure.occurred("gone", "unplugged"), "unplugged");
  assert.equal(failure.occurred("gone", "unplugged"), undefined);
  assert.equal(failure.occurred("denied", "no permission"), "no permission");
  assert.equal(failure.occurred("gone", "unplugged"), undefined);
  await time.advance(59 * minuteMs);
  assert.equal(failure.occurred("denied", "no permission"), undefined);
  await time.advance(minuteMs);
  const hourly = "no permission; 6 times since 2026-01-31T08:00:00.000Z";
  assert.equal(failure.occurred("denied", "no permission"), hourly);
  assert.equal(failure.occurred("gone", "unplugged"), undefined);
  assert.equal(failure.count, 7);
});

Deno.test("RepeatedFailure counts from one again after its end", () => {
  const failure = new RepeatedFailure(new FakeTime());
  failure.occurred("gone", "unplugged");
  failure.over();
  assert.equal(failure.count, 0);
  assert.equal(failure.occurred("gone", "unplugged"), "unplugged");
});

Deno.test("RepeatedFailure logs 145 lines for a failure every second for a month", () => {
  let now = 0;
  const failure = new RepeatedFailure({ mono: () => now, now: () => now, sleep: () => Promise.resolve() });
  let lines = 0;
  for (; now < 31 * 24 * 60 * minuteMs; now += 1000) if (failure.occurred("gone", "unplugged") !== undefined) lines++;
  // The first one, 24 on the first day, four a day on the other thirty days
  assert.ok(lines >= 140 && lines <= 145, `${lines} lines`);
});

Deno.test("RepeatedFailure does not log each text of a failure whose text always changes", () => {
  const failure = new RepeatedFailure(new FakeTime());
  const lines = Array.from({ length: 100 }, (_, kind) => failure.occurred(`${kind}`, "failed"));
  assert.equal(lines.filter((line) => line !== undefined).length, 5);
});

const absent = new PortError("not_found", "absent");
const stuck = new PortError("stuck", "stuck");

function pauses(pause: ReopenPause, error: PortError, attempts: number): number[] {
  return Array.from({ length: attempts }, () => pause.after(error, false));
}

Deno.test("ReopenPause is short for the first 20 attempts, so that a flapping adapter is used again soon", () => {
  const pause = new ReopenPause(1000);
  assert.deepEqual(pauses(pause, absent, 3), [100, 200, 250]);
  assert.deepEqual(pauses(pause, absent, 17), Array(17).fill(250));
  assert.deepEqual(pauses(pause, absent, 2), [1000, 1000]);
  for (let flap = 0; flap < 20; flap++) {
    assert.equal(pause.after(absent, true), 100);
    assert.equal(pause.after(absent, false), 200);
  }
});

Deno.test("ReopenPause grows to half a minute while a device accepts nothing", () => {
  const pause = new ReopenPause(1000);
  const grown = [100, 200, 400, 800, 1600, 3200, 6400, 12_800, 25_600, 30_000, 30_000];
  assert.deepEqual(pauses(pause, stuck, 11), grown);
  assert.equal(pause.after(absent, false), 250);
  assert.equal(pause.after(stuck, true), 100);
});

Deno.test("ReopenPause never exceeds the limit for a missing device", () => {
  assert.deepEqual(pauses(new ReopenPause(20), absent, 2), [20, 20]);
  assert.deepEqual(new Set(pauses(new ReopenPause(1000), absent, 5000).slice(20)), new Set([1000]));
});
