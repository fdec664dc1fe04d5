/**
 * The service as a process that a test ends: it reports each step on standard output, one JSON object per
 * line, and stops forever at the step that standard input names, or stops only one transaction.
 *
 * Arguments: the settings as JSON, which a process has sooner than from YAML, a file for the log, and how many
 * milliseconds its wall clock is off.
 */
import { appendFileSync } from "node:fs";
import type { Log } from "../../src/base/log.ts";
import { systemTime, type Time } from "../../src/base/time.ts";
import type { Settings } from "../../src/config/mod.ts";
import { Service } from "../../src/service.ts";
import { type Said, toKey, type Told } from "./steps.ts";

const [settingsJson = "", logPath = "", firstShiftMs = "0"] = Deno.args;
let shiftMs = Number(firstShiftMs);
let told: Told = {};
let passed = 0;

function say(said: Said): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${JSON.stringify(said)}\n`));
}

function failpoint(name: string, detail = ""): void | Promise<void> {
  const key = toKey(name, detail);
  if (told.trace) say({ said: "passed", step: { name, key } });
  const { hold, alone } = told;
  if (hold === undefined || (key !== hold.key && name !== hold.key) || ++passed < hold.nth) return;
  told = {};
  say({ said: "held" });
  if (alone) return new Promise(() => {});
  // The whole process stops, including timers and sockets, like after a crash
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
}

function logTo(path: string): Log {
  const line = (level: string) => (message: string, fields = {}) =>
    appendFileSync(path, `${JSON.stringify({ at: new Date().toISOString(), level, message, ...fields })}\n`);
  return { error: line("error"), warn: line("warn"), info: line("info"), debug: () => {} };
}

const time: Time = {
  now: () => systemTime.now() + shiftMs,
  mono: () => systemTime.mono(),
  sleep: (ms, signal) => systemTime.sleep(ms, signal),
};

const settings: Settings = JSON.parse(settingsJson);
const service = await Service.start(settings, { log: logTo(logPath), time, failpoint });
service.metersTried.then(() => say({ said: "ready" }));

let heard = "";
for await (const chunk of Deno.stdin.readable.pipeThrough(new TextDecoderStream())) {
  heard += chunk;
  for (let end = heard.indexOf("\n"); end >= 0; end = heard.indexOf("\n")) {
    told = JSON.parse(heard.slice(0, end));
    passed = 0;
    shiftMs = told.shiftMs ?? shiftMs;
    say({ said: "told" });
    heard = heard.slice(end + 1);
  }
}
await service.stop();
