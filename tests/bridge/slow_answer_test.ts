import assert from "node:assert/strict";
import { Line, readAnswer } from "../../bridge/mod.ts";
import { systemTime } from "../../src/base/time.ts";
import { ScriptedLine } from "../support/scripted_line.ts";

const live = { priority: "live" } as const;

/** An answer to two words in two pieces: the first in time, the last when no first one could come any more. */
async function slowly(send: (hex: string) => Promise<void>, pauses: readonly [number, number]): Promise<void> {
  const answer = readAnswer(1, 4, new Uint8Array(4)).toHex();
  await systemTime.sleep(pauses[0]);
  await send(answer.slice(0, 8));
  await systemTime.sleep(pauses[1]);
  await send(answer.slice(8));
}

Deno.test("Line reads a unit that was as slow as it may be once, and one that always is", async () => {
  for (const slow of [1, Infinity]) {
    await using far = new ScriptedLine((_, send, nth) => slowly(send, nth <= slow ? [70, 60] : [2, 0]));
    const line = new Line(far.options({ initialTimeoutMs: 100, withinMessageTimeoutMs: 100 }));
    await line.start();
    for (let nth = 0; nth < 5; nth++) assert.equal((await line.read(1, 0, 2, live)).length, 4);
    await line.close();
  }
});

Deno.test("Line allows an answer's bytes their own time beside within_message_timeout_ms", async () => {
  await using far = new ScriptedLine(async (_, send) => {
    const answer = readAnswer(1, 4, new Uint8Array(4)).toHex();
    for (let at = 0; at < answer.length; at += 2) {
      await send(answer.slice(at, at + 2));
      // One character of 300 baud.
      await systemTime.sleep(33);
    }
  });
  const line = new Line(far.options({ baudrate: 300, withinMessageTimeoutMs: 20 }));
  await line.start();
  assert.equal((await line.read(1, 0, 2, live)).length, 4);
  await line.close();
});
