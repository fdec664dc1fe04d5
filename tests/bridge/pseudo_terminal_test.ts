import assert from "node:assert/strict";
import type { Libc } from "../../bridge/libc.ts";
import { openPseudoTerminal } from "../../bridge/mod.ts";
import { TerminalWriter } from "../../bridge/terminal_writer.ts";
import { FakeTime } from "../support/fake_time.ts";

Deno.test("openPseudoTerminal() passes every byte value unchanged in both directions", async () => {
  await using terminal = openPseudoTerminal();
  using far = await Deno.open(terminal.path, { read: true, write: true });
  const all = Uint8Array.from({ length: 256 }, (_, value) => value);

  await far.write(all);
  assert.deepEqual(await readExactly((target) => terminal.read(target), 256), all);
  await terminal.write(all);
  assert.deepEqual(await readExactly((target) => far.read(target), 256), all);
});

Deno.test("openPseudoTerminal() survives closing and reopening the far end", async () => {
  await using terminal = openPseudoTerminal();
  const target = new Uint8Array(8);
  for (const value of [1, 2, 3]) {
    const pending = terminal.read(target);
    using far = await Deno.open(terminal.path, { read: true, write: true });
    await far.write(Uint8Array.of(value));
    assert.equal(await pending, 1);
    assert.equal(target[0], value);
  }
});

Deno.test("PseudoTerminal.close() ends a pending read, hangs up the far end", async () => {
  const terminal = openPseudoTerminal();
  using far = await Deno.open(terminal.path, { read: true, write: true });
  const near = assert.rejects(terminal.read(new Uint8Array(8)), { canceled: true });
  // A read that the hang-up interrupts fails, and the next one sees the end; which one it is depends on timing
  const end = far.read(new Uint8Array(8)).catch(() => null);

  await terminal.close();
  await near;
  assert.equal(await end, null);
  await assert.rejects(terminal.write(Uint8Array.of(1)), { canceled: true });
});

Deno.test("PseudoTerminal.write() does not write to a file with the number of the closed descriptor", async () => {
  const terminal = openPseudoTerminal();
  await terminal.close();
  // The system reuses the lowest free numbers
  const path = await Deno.makeTempFile();
  const others = Array.from({ length: 16 }, () => Deno.openSync(path, { append: true }));
  await assert.rejects(terminal.write(Uint8Array.of(1)), { canceled: true });
  assert.equal((await Deno.stat(path)).size, 0);
  for (const other of others) other.close();
  await Deno.remove(path);
});

Deno.test("PseudoTerminal.write() waits while the buffer of the far end is full, and loses nothing", async () => {
  await using terminal = openPseudoTerminal();
  using far = await Deno.open(terminal.path, { read: true, write: true });
  const sent = Uint8Array.from({ length: 100_000 }, (_, index) => index * 7);

  const written = terminal.write(sent);
  assert.deepEqual(await readExactly((target) => far.read(target), sent.length), sent);
  await written;
});

Deno.test("TerminalWriter retries a device that accepts no bytes with growing pauses", async () => {
  const time = new FakeTime();
  const looksAtMs: number[] = [];
  let takes = false;
  const write = (_fd: number, _bytes: unknown, length: bigint) => {
    looksAtMs.push(time.mono());
    return takes ? Number(length) : -1;
  };
  const libc = { symbols: { write } } as unknown as Libc;
  const written = new TerminalWriter(libc, 1, { ended: () => undefined, time }).write(new Uint8Array(8));
  assert.ok(written !== undefined);
  await time.advance(320);
  // With a retry every millisecond there would be 320
  assert.deepEqual(looksAtMs.slice(0, 8), [0, 0, 1, 3, 7, 15, 31, 47]);
  assert.equal(looksAtMs.length, 25);
  takes = true;
  await time.run(written);
});

async function readExactly(read: (target: Uint8Array) => Promise<number | null>, length: number): Promise<Uint8Array> {
  const all = new Uint8Array(length);
  let filled = 0;
  while (filled < length) filled += await read(all.subarray(filled)) ?? assert.fail("The stream ended");
  return all;
}
