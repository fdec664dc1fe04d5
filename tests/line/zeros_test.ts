import assert from "node:assert/strict";
import { onFakeTimeLine, type TimedScript } from "../support/fake_time_line.ts";

const live = { priority: "live" } as const;

/** Two words at 0000h and at 0010h of unit 1. */
const first = { request: "01040000000271cb", answer: "01040409000000f818", bytes: "09000000" };
const second = { request: "010400100002700e", answer: "0104041234567880b0", bytes: "12345678" };

Deno.test("Line passes over zeros before and behind each answer, as turning a line round makes them", async () => {
  for (const [before, behind] of [["00", ""], ["000000", ""], ["", "00"], ["", "000000"], ["00", "000000"]] as const) {
    for (const delayMs of [0, 1, 4]) {
      const script: TimedScript = async (request, send, _nth, sleep) => {
        await send(before + (request === first.request ? first : second).answer);
        await sleep(delayMs);
        if (behind !== "") await send(behind);
      };
      await onFakeTimeLine(script, async (line) => {
        for (let count = 0; count < 10; count++) {
          assert.equal((await line.read(1, 0x00, 2, live)).toHex(), first.bytes);
          assert.equal((await line.read(1, 0x10, 2, live)).toHex(), second.bytes);
        }
        assert.deepEqual([line.far.requests.length, line.unitStats(1).errors], [20, 0]);
      });
    }
  }
});
