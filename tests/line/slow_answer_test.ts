import assert from "node:assert/strict";
import { readAnswer } from "../../src/modbus/mod.ts";
import { onFakeTimeLine, type TimedScript } from "../support/fake_time_line.ts";

const live = { priority: "live" } as const;

/** An answer to two words in two pieces: the first in time, the last when no first one could come any more. */
function slowly(pauses: (nth: number) => readonly [number, number]): TimedScript {
  return async (_, send, nth, sleep) => {
    const answer = readAnswer(1, 4, new Uint8Array(4)).toHex();
    const [beforeMs, betweenMs] = pauses(nth);
    await sleep(beforeMs);
    await send(answer.slice(0, 8));
    await sleep(betweenMs);
    await send(answer.slice(8));
  };
}

Deno.test("Line reads a unit that was as slow as it may be once, and one that always is", async () => {
  for (const slow of [1, Infinity]) {
    await onFakeTimeLine(slowly((nth) => nth <= slow ? [95, 95] : [2, 0]), async (line) => {
      for (let nth = 0; nth < 5; nth++) assert.equal((await line.read(1, 0, 2, live)).length, 4);
    }, { initialTimeoutMs: 100, withinMessageTimeoutMs: 100 });
  }
});

Deno.test("Line allows an answer's bytes their own time beside within_message_timeout_ms", () =>
  onFakeTimeLine(async (_, send, _nth, sleep) => {
    const answer = readAnswer(1, 4, new Uint8Array(4)).toHex();
    for (let at = 0; at < answer.length; at += 2) {
      await send(answer.slice(at, at + 2));
      // One character of 300 baud.
      await sleep(33);
    }
  }, async (line) => {
    assert.equal((await line.read(1, 0, 2, live)).length, 4);
  }, { baudrate: 300, withinMessageTimeoutMs: 20 }));
