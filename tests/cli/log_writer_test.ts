import assert from "node:assert/strict";
import type { BackgroundStream } from "../../src/cli/background_stream.ts";
import { LogWriter } from "../../src/cli/log_writer.ts";
import { lines } from "../../src/cli/safe_text.ts";

/** A stream whose test decides the result of each write. */
class ScriptedStream implements BackgroundStream {
  text = "";
  /** How many bytes the next writes accept before they fail; undefined: all. */
  room: number | undefined;
  #gate: Promise<void> | undefined;
  #open = () => {};

  /** The next writes stay pending until {@linkcode release}. */
  block(): void {
    this.#gate = new Promise((resolve) => this.#open = resolve);
  }

  release(): void {
    this.#gate = undefined;
    this.#open();
  }

  async write(bytes: Uint8Array): Promise<number> {
    await this.#gate;
    if (this.room === 0) throw new Error("No space left on device (os error 28)");
    const taken = bytes.subarray(0, this.room);
    this.text += new TextDecoder().decode(taken);
    if (this.room !== undefined) this.room -= taken.length;
    return taken.length;
  }
}

const writerOn = (stream: BackgroundStream) => new LogWriter(stream, (lost) => lines(`lost ${lost}`));
const longMs = 60_000;

Deno.test("LogWriter writes complete lines in order, also if the stream accepts only a few bytes at a time", async () => {
  const stream = new ScriptedStream();
  const whole = stream.write.bind(stream);
  stream.write = (bytes) => whole(bytes.subarray(0, 3));
  const writer = writerOn(stream);
  for (const text of ["first", "second", "third"]) writer.write(lines(text));
  await writer.flush(longMs);
  assert.equal(stream.text, "first\nsecond\nthird\n");
});

Deno.test("LogWriter reports once how many lines are lost, after a full disk has space again", async () => {
  const stream = new ScriptedStream();
  const writer = writerOn(stream);
  stream.room = 0;
  for (const text of ["a", "b", "c"]) {
    writer.write(lines(text));
    await writer.flush(longMs);
  }
  stream.room = undefined;
  writer.write(lines("d"));
  writer.write(lines("e"));
  await writer.flush(longMs);
  assert.equal(stream.text, "lost 3\nd\ne\n");
});

Deno.test("LogWriter starts a new line after a partially written line", async () => {
  const stream = new ScriptedStream();
  const writer = writerOn(stream);
  stream.room = 4;
  writer.write(lines("abcdef"));
  await writer.flush(longMs);
  stream.room = undefined;
  writer.write(lines("next"));
  await writer.flush(longMs);
  assert.equal(stream.text, "abcd\nlost 1\nnext\n");
});

Deno.test(
  "LogWriter queues up to 1 MB if the reader has stopped, then counts the lost lines and reports them in " +
    "their place",
  async () => {
    const stream = new ScriptedStream();
    stream.block();
    const writer = writerOn(stream);
    const line = lines("x".repeat(999));
    for (let count = 0; count < 1010; count++) writer.write(line);
    await writer.flush(0);
    assert.equal(stream.text, "");
    stream.release();
    await writer.flush(longMs);
    assert.equal(stream.text, line.repeat(1000) + "lost 10\n");
  },
);

Deno.test("LogWriter retries while a shared pipe cannot be written", async () => {
  const stream = new ScriptedStream();
  const whole = stream.write.bind(stream);
  let refusals = 2;
  stream.write = (bytes) => refusals-- > 0 ? Promise.reject(new Deno.errors.WouldBlock()) : whole(bytes);
  const writer = writerOn(stream);
  writer.write(lines("late"));
  await writer.flush(longMs);
  assert.equal(stream.text, "late\n");
});
