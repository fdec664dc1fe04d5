import assert from "node:assert/strict";
import { PortError, type PortErrorCode } from "../../bridge/mod.ts";
import { OpeningLog } from "../../bridge/opening_log.ts";
import type { Log } from "../../src/base/log.ts";
import { FakeTime } from "../support/fake_time.ts";

const minuteMs = 60_000;

class Device {
  readonly time = new FakeTime(Date.UTC(2026, 0, 31, 8));
  readonly lines: string[] = [];
  useful = true;
  readonly #log: OpeningLog;

  constructor(settleMs = 0) {
    const write = (level: string) => (text: string) => void this.lines.push(`${level} ${text}`);
    const log: Log = { error: write("error"), warn: write("warn"), info: write("info"), debug: () => {} };
    this.#log = new OpeningLog(log, this.time, settleMs);
  }

  opens(): void {
    this.#log.opened({ text: "line is open", useful: () => this.useful });
  }

  fails(text: string, code: PortErrorCode = "gone"): void {
    this.#log.failed(text, new PortError(code, text));
  }
}

Deno.test("OpeningLog logs one line when a device is unplugged and one when it is back", async () => {
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
  assert.deepEqual(device.lines, ["info line is open", "error unplugged", "info line is open"]);

  device.fails("unplugged");
  assert.equal(device.lines.at(-1), "error unplugged");
  assert.equal(device.time.sleeping, 0);
});

Deno.test("OpeningLog logs a device that fails again and again as one event, and its end", async () => {
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
    "info line is open",
    "error unplugged",
    "info line is open",
    "error unplugged; it fails again and again",
    "info line is open and stays so; it failed 20 times since 2026-01-31T08:00:02.000Z",
  ]);
});

Deno.test("OpeningLog counts a connection that is closed at once as one that failed", async () => {
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
  assert.deepEqual(device.lines, ["error closed at once", "info line is open"]);
});

Deno.test("OpeningLog does not take a device for recovered from which nothing comes, for an hour", async () => {
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
    "info line is open",
    "error nothing comes; it fails again and again",
  ]);
  assert.deepEqual(hourly, ["error nothing comes; 12 times since 2026-01-31T08:00:00.000Z"]);

  await device.time.advance(49 * minuteMs);
  assert.equal(device.time.sleeping, 1);
  await device.time.advance(minuteMs);
  assert.equal(device.time.sleeping, 0);
});
