import assert from "node:assert/strict";
import { readBytes } from "../../src/cli/read_bytes.ts";

const stream = (...parts: number[]) => ReadableStream.from(parts.map((length) => new Uint8Array(length).fill(length)));

Deno.test("readBytes returns all bytes in order", async () => {
  assert.deepEqual(await readBytes(stream(1, 2, 3)), Uint8Array.of(1, 2, 2, 3, 3, 3));
});

Deno.test("readBytes stops reading an endless stream", async () => {
  const endless = new ReadableStream<Uint8Array>({ pull: (sink) => sink.enqueue(new Uint8Array(400_000)) });
  await assert.rejects(readBytes(endless, 1_000_000), {
    name: "RangeError",
    message: "it has more than 1 MB; split it",
  });
});
