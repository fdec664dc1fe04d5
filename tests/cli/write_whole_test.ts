import assert from "node:assert/strict";
import { writeWhole } from "../../src/cli/write_whole.ts";

const bytes = new TextEncoder().encode("one line\n");

Deno.test("writeWhole waits for a full pipe, and loses no text", () => {
  let text = "";
  let turn = 0;
  const stream = {
    writeSync(part: Uint8Array) {
      if (turn++ % 2 === 0) throw new Deno.errors.WouldBlock();
      text += new TextDecoder().decode(part.subarray(0, 4));
      return Math.min(4, part.length);
    },
  };
  assert.equal(writeWhole(stream, bytes, "unbuffered"), undefined);
  assert.equal(text, "one line\n");
});

Deno.test("writeWhole returns the error of a stream", () => {
  const full = new Error("No space left on device");
  assert.equal(
    writeWhole(
      {
        writeSync() {
          throw full;
        },
      },
      bytes,
      "unbuffered",
    ),
    full,
  );
});

Deno.test("a command exits with 1 and reports it if its output cannot be written", async () => {
  const main = new URL("../../src/cli/main.ts", import.meta.url).pathname;
  const { code, stderr } = await new Deno.Command("sh", {
    args: ["-c", 'exec "$0" "$@" >/dev/full', Deno.execPath(), "run", "--allow-all", main, "--version"],
  }).output();
  assert.equal(code, 1);
  assert.match(new TextDecoder().decode(stderr), /^Cannot write to standard output: No space left on device\n$/m);
});
