import assert from "node:assert/strict";
import type { Answer } from "../support/fake_bus.ts";
import { Rig } from "./rig.ts";

const dayMs = 86_400_000;
const maxLinesAMonth = 1000;

/** Log lines without `debug`. */
const seen = (rig: Rig) => rig.logged.filter((line) => !line.startsWith("debug"));

/** One exchange in five minutes is enough to test the log, and keeps a month short. */
const options = { initialConnectionRetryCount: 1, communicationRetryCount: 1, communicationErrorPauseDelayS: 300 };

/** A closed line is checked every second, so eight hours stand for a month. */
const failures: readonly (readonly [string, Answer, number])[] = [
  ["gives no answer", "timeout", 30],
  ["answers with noise", "crc", 30],
  ["refuses each request", { exception: 4 }, 30],
  ["is on a line that is closed", "closed", 1 / 3],
];

for (const [what, answer, days] of failures) {
  Deno.test(`a meter that ${what} for a month causes at most 1000 log lines, and its return causes one`, async () => {
    const rig = await new Rig("em580", options).online();
    const isClosed = answer === "closed";
    if (isClosed) rig.bus.unplug();
    rig.bus.script = () => answer;
    await rig.time.advance(days * dayMs);
    assert.equal(rig.meter.state, "offline");
    const lines = seen(rig);
    assert.ok(lines.length <= maxLinesAMonth * days / 30, `${lines.length} lines`);
    assert.ok(lines.filter((line) => line.startsWith("warn Cannot read meter evse-1")).length >= 1);
    if (isClosed) rig.bus.plug();
    rig.bus.script = () => "answer";
    rig.logged.length = 0;
    await rig.time.advance(600_000);
    assert.equal(rig.meter.state, "online");
    assert.equal(seen(rig).filter((line) => /can be read again/.test(line)).length, 1);
    await rig.stop();
  });
}
