import assert from "node:assert/strict";
import { Line } from "../../src/line/mod.ts";
import { ScriptedLine } from "../support/scripted_line.ts";
import { listen, live } from "./scripted_gateway.ts";

const answer = "0104020144b893";

/** Blocks the whole process, like a slow disk. */
function standStill(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

/** Sends the whole answer and then blocks the process until the deadline of the exchange has passed. */
async function answerAndStandStill(send: (hex: string) => Promise<unknown>): Promise<void> {
  await send(answer);
  standStill(1100);
}

Deno.test("Line accepts an answer that arrived in time even if the process stalled until after its deadline", async () => {
  await using far = new ScriptedLine((_request, send) => answerAndStandStill(send));
  await using gateway = listen((_request, send) => answerAndStandStill(send), { port: 0 });
  assert.ok(gateway.address.transport === "tcp");
  const { port } = gateway.address;
  for (const more of [{}, { endpoint: { kind: "tcp", host: "127.0.0.1", port } } as const]) {
    const line = new Line(far.options({ initialTimeoutMs: 1000, ...more }));
    await line.start();
    for (let count = 0; count < 2; count++) assert.equal((await line.read(1, 0x0b, 1, live)).toHex(), "0144");
    const { exchanges, errors } = line.stats();
    assert.deepEqual([exchanges, errors], [2, 0]);
    await line.close();
  }
});
