import assert from "node:assert/strict";
import { Line, type LineOptions } from "../../src/line/mod.ts";
import { systemTime } from "../../src/base/time.ts";
import { type Script, ScriptedLine } from "../support/scripted_line.ts";

const live = { priority: "live" } as const;

/** A read of two words at 0000h from unit 1, and its answer 0900h 0000h. */
const request = "01040000000271cb";
const answer = "01040409000000f818";

/** Answers may be late on a busy machine. */
async function withLine(
  script: Script,
  work: (line: Line, far: ScriptedLine) => Promise<void>,
  more: Partial<LineOptions> = {},
): Promise<void> {
  await using far = new ScriptedLine(script);
  const line = new Line(far.options({ initialTimeoutMs: 10_000, ...more }));
  assert.equal(await line.start(), undefined);
  try {
    await work(line, far);
  } finally {
    await line.close();
  }
}

/** The answers of the far side on a pseudo-terminal. */
const onTerminal: Readonly<Record<string, Script>> = {
  "in one piece": () => answer,
  "one byte at a time": async (_, send) => {
    for (let at = 0; at < answer.length; at += 2) {
      await send(answer.slice(at, at + 2));
      await systemTime.sleep(1);
    }
  },
  "behind noise": () => `00ff01 ${answer}`,
  "after the answer of another unit": () => `02040409000000cb18 ${answer}`,
};

for (const [how, script] of Object.entries(onTerminal)) {
  Deno.test(`Line.read() accepts an answer that arrives ${how} from a terminal`, () =>
    withLine(script, async (line, far) => {
      assert.equal((await line.read(1, 0, 2, live)).toHex(), "09000000");
      assert.equal(far.requests[0], request);
    }, { withinMessageTimeoutMs: 1000 }));
}

Deno.test("Line.write() sends function 16 and checks the confirmation", () =>
  withLine(() => "0110704000011add", async (line, far) => {
    await line.write(1, 0x7040, Uint8Array.of(0x00, 0x42), { priority: "transaction", repeatable: false });
    assert.deepEqual(far.requests, ["0110704000010200425966"]);
  }));

Deno.test("Line.read() refuses impossible requests", () =>
  withLine(() => answer, async (line, far) => {
    for (const [unit, address, words] of [[0, 0, 1], [256, 0, 1], [1, -1, 1], [1, 65535, 2], [1, 0, 0], [1, 0.5, 1]]) {
      await assert.rejects(line.read(unit ?? 0, address ?? 0, words ?? 0, live), RangeError);
    }
    assert.equal(far.requests.length, 0);
  }));
