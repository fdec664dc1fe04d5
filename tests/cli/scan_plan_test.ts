import assert from "node:assert/strict";
import type { Endpoint } from "../../src/line/mod.ts";
import { durationText, ProgressLine } from "../../src/cli/progress_line.ts";
import { scanRounds, settingText, unansweredMs } from "../../src/cli/scan_plan.ts";
import { configurationText } from "../../src/cli/scan_text.ts";
import { loadConfig } from "../../src/config/mod.ts";
import { FakeTime } from "../support/fake_time.ts";

Deno.test("configurationText contains the site, RTS, and a gateway without a baud rate", () => {
  const meters = [{ unit: 1, model: "EM580", identification_code: 580, serial_number: "BX1", wiring: [] }];
  const text = (endpoint: Endpoint, more: object = {}) => {
    const setting = { endpoint, baudrate: 9600, parity: "none" } as const;
    const lines = configurationText({ setting, meters, rts: {}, host: "edge-7.local", ...more });
    return loadConfig(lines.join("\n"), { path: "/etc/site.yaml", env: () => undefined });
  };
  const port = { kind: "serial", path: "/dev/ttyS1" } as const;
  const rs485 = { direction: "rts", delayBeforeMs: 1, delayAfterMs: 2 } as const;
  assert.deepEqual(text(port, { rts: { rs485 } }).lines[0]?.rs485, rs485);
  assert.equal(text(port, { rts: { rts: "off" } }).lines[0]?.rts, "off");
  const gateway = { kind: "modbus-tcp", host: "2001:db8::5", port: 502 } as const;
  assert.deepEqual(text(gateway).lines[0]?.endpoint, gateway);
  const sites = ["edge-7.local", "true", "0123", undefined, "a host"].map((host) => text(port, { host }).site);
  assert.deepEqual(sites, ["edge-7", "true", "site-1", "site-1", "site-1"]);
});

Deno.test("scan tries the first units with all settings, then the other units with the settings that work", () => {
  const endpoint = { kind: "serial", path: "/dev/ttyUSB0" } as const;
  const many = Array.from({ length: 12 }, (_, index) => index + 1);
  const rounds = scanRounds({ endpoint, baudrates: [9600, 19_200], parities: ["none", "even"], units: many });
  assert.deepEqual(rounds.map(({ setting, units }) => `${settingText(setting)}: ${units[0]}-${units.at(-1)}`), [
    "at 9600 baud, parity none: 1-10",
    "at 9600 baud, parity even: 1-10",
    "at 19200 baud, parity none: 1-10",
    "at 19200 baud, parity even: 1-10",
    "at 9600 baud, parity none: 11-12",
    "at 9600 baud, parity even: 11-12",
    "at 19200 baud, parity none: 11-12",
    "at 19200 baud, parity even: 11-12",
  ]);
  assert.equal(unansweredMs(rounds.slice(0, 1), 100), 10 * (100 + 15.625));
  const gateway = { kind: "modbus-tcp", host: "h", port: 502 } as const;
  assert.deepEqual(
    scanRounds({ endpoint: gateway, baudrates: [9600, 19_200], parities: ["none"], units: [1] })
      .map(({ setting }) => settingText(setting)),
    ["as modbus-tcp://h:502", "as tcp://h:502"],
  );
});

Deno.test("ProgressLine prints a line every ten seconds if there is no terminal", async () => {
  const time = new FakeTime();
  let err = "";
  const progress = new ProgressLine({ err: (text) => void (err += text), errIsTerminal: false }, time);
  for (let second = 0; second < 21; second++) {
    progress.show(`after ${second} s`);
    await time.advance(1000);
  }
  progress.clear();
  assert.equal(err, "after 10 s\nafter 20 s\n");
  assert.deepEqual([1, 99_000, 100_000, 754_000].map(durationText), [
    "about 1 s",
    "about 99 s",
    "about 2 min",
    "about 13 min",
  ]);
});
