import assert from "node:assert/strict";
import { denoBinding } from "../../bridge/deno_binding.ts";
import type { DenoPort } from "../../bridge/deno_port.ts";
import type { Libc } from "../../bridge/libc.ts";
import { openPseudoTerminal, PortError, type PseudoTerminal } from "../../bridge/mod.ts";
import type { SerialPoll } from "../../bridge/serial_poll.ts";
import { SerialReader } from "../../bridge/serial_reader.ts";

async function openPair(): Promise<{ terminal: PseudoTerminal; port: DenoPort }> {
  const terminal = openPseudoTerminal();
  return { terminal, port: await denoBinding.open({ path: terminal.path, baudRate: 115_200 }) };
}

Deno.test("DenoPort.expectBytes() returns bytes that arrived in pieces in one read at its end", async () => {
  const { terminal, port } = await openPair();
  const target = new Uint8Array(16);
  const read = port.read(target);
  const start = performance.now();
  port.expectBytes(400);
  for (const byte of [1, 2, 3, 4]) await terminal.write(Uint8Array.of(byte));
  assert.equal(await read, 4);
  assert.ok(performance.now() - start >= 399);
  assert.deepEqual(target.subarray(0, 4), Uint8Array.of(1, 2, 3, 4));
  await port.close();
  await terminal.close();
});

Deno.test("DenoPort.expectBytes() without received bytes returns 0; the next read waits for bytes", async () => {
  const { terminal, port } = await openPair();
  const target = new Uint8Array(16);
  port.expectBytes(5);
  assert.equal(await port.read(target), 0);
  const read = port.read(target);
  await terminal.write(Uint8Array.of(9));
  assert.equal(await read, 1);
  await port.close();
  await terminal.close();
});

Deno.test("An idle DenoPort reads incoming bytes, and reads at once when it is woken", async () => {
  const { terminal, port } = await openPair();
  const target = new Uint8Array(16);
  port.idle();
  let read = port.read(target);
  await terminal.write(Uint8Array.of(7));
  assert.equal(await read, 1);

  port.idle();
  read = port.read(target);
  port.expectBytes(0);
  await terminal.write(Uint8Array.of(8));
  assert.equal(await read, 1);
  assert.equal(target[0], 8);
  await port.close();
  await terminal.close();
});

Deno.test("DenoPort.expectBytes() for less than a millisecond returns the available bytes; reading continues after it", async () => {
  const { terminal, port } = await openPair();
  const target = new Uint8Array(16);
  for (const byte of [1, 2, 3]) {
    await terminal.write(Uint8Array.of(byte));
    // The system delivers it after some time
    let bytes = 0;
    while (bytes === 0) {
      port.expectBytes(0.5);
      bytes = await port.read(target);
    }
    assert.equal(bytes, 1);
    assert.equal(target[0], byte);
  }
  await port.close();
  await terminal.close();
});

Deno.test("DenoPort detects a hang-up while it is idle and while it expects bytes", async () => {
  for (const prepare of [(port: DenoPort) => port.idle(), (port: DenoPort) => port.expectBytes(20)]) {
    const { terminal, port } = await openPair();
    prepare(port);
    const read = port.read(new Uint8Array(16)).then((bytes) => bytes === 0 ? port.read(new Uint8Array(16)) : bytes);
    const gone = assert.rejects(read, (error) => error instanceof PortError && error.code === "gone");
    await terminal.close();
    await gone;
    await port.close();
  }
});

Deno.test("DenoPort.close() ends a read while it expects bytes or is idle", async () => {
  for (const prepare of [(port: DenoPort) => port.idle(), (port: DenoPort) => port.expectBytes(30)]) {
    const { terminal, port } = await openPair();
    prepare(port);
    const canceled = assert.rejects(port.read(new Uint8Array(16)), { canceled: true });
    await port.close();
    await canceled;
    await terminal.close();
  }
});

/** A device that provides parts of the given sizes, one after the other; a poll ends when the next one is available. */
function pieces(...sizes: number[]): { libc: Libc; polls: () => number } {
  let polls = 0;
  const symbols = {
    read(_fd: number, target: Uint8Array) {
      const bytes = sizes.shift() ?? 0;
      target.fill(7, 0, bytes);
      return bytes > 0 ? bytes : -1;
    },
    pollNow(_fds: Int32Array, _count: bigint, ms: number) {
      if (ms > 0) polls++;
      return 0;
    },
    sched_yield: () => 0,
  };
  return { libc: { symbols, close() {} } as unknown as Libc, polls: () => polls };
}

const noWaiting = { enter() {}, at: () => undefined } as unknown as SerialPoll;
/** A stall of the machine would end the wait for missing bytes. */
const noTime = { mono: () => 0 };

Deno.test("SerialReader waits shortly for missing bytes, and reports that the last byte arrived during the read", async () => {
  const { libc, polls } = pieces(60, 40, 9);
  const reader = new SerialReader(libc, 3, "(fake)", noWaiting, noTime);
  reader.expectBytes(5, 109);
  assert.equal(await reader.read(new Uint8Array(1024)), 109);
  assert.equal(reader.sawArrival, true);
  assert.equal(polls(), 2);
});

Deno.test("SerialReader does not wait if all expected bytes are available", async () => {
  const { libc, polls } = pieces(109);
  const reader = new SerialReader(libc, 3, "(fake)", noWaiting, noTime);
  reader.expectBytes(5, 109);
  assert.equal(await reader.read(new Uint8Array(1024)), 109);
  assert.equal(reader.sawArrival, false);
  assert.equal(polls(), 0);
});

Deno.test("SerialReader returns the available bytes if no more arrive within a short time", async () => {
  const { libc } = pieces(60, 0, 49);
  const reader = new SerialReader(libc, 3, "(fake)", noWaiting, noTime);
  reader.expectBytes(5, 109);
  assert.equal(await reader.read(new Uint8Array(1024)), 60);
  assert.equal(reader.sawArrival, false);
});

Deno.test("SerialReader continues its wait for bytes if their time is still unknown", async () => {
  const { libc } = pieces(4);
  let waits = 0;
  let ends = 0;
  const ready = Promise.withResolvers<void>();
  const poll = {
    enter() {},
    readable: () => (waits++, ready.promise),
    endReadable: () => (ends++, ready.resolve(), Promise.resolve()),
  } as unknown as SerialPoll;
  const reader = new SerialReader(libc, 3, "(fake)", poll);
  const read = reader.read(new Uint8Array(16));
  await Promise.resolve();
  reader.expectBytes(0, 4);
  assert.deepEqual([waits, ends], [1, 0]);
  ready.resolve();
  assert.equal(await read, 4);
});
