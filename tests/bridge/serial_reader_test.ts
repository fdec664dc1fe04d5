import assert from "node:assert/strict";
import { denoBinding } from "../../bridge/deno_binding.ts";
import type { DenoPort } from "../../bridge/deno_port.ts";
import { openPseudoTerminal, PortError, type PseudoTerminal } from "../../bridge/mod.ts";

async function openPair(): Promise<{ terminal: PseudoTerminal; port: DenoPort }> {
  const terminal = openPseudoTerminal();
  return { terminal, port: await denoBinding.open({ path: terminal.path, baudRate: 115_200 }) };
}

Deno.test("DenoPort.doze() returns bytes that arrived in pieces in one read at its end", async () => {
  const { terminal, port } = await openPair();
  const target = new Uint8Array(16);
  const read = port.read(target);
  const start = performance.now();
  port.doze(400);
  for (const byte of [1, 2, 3, 4]) await terminal.write(Uint8Array.of(byte));
  assert.equal(await read, 4);
  assert.ok(performance.now() - start >= 399);
  assert.deepEqual(target.subarray(0, 4), Uint8Array.of(1, 2, 3, 4));
  await port.close();
  await terminal.close();
});

Deno.test("DenoPort.doze() without received bytes returns 0; the next read waits for bytes", async () => {
  const { terminal, port } = await openPair();
  const target = new Uint8Array(16);
  port.doze(5);
  assert.equal(await port.read(target), 0);
  const read = port.read(target);
  await terminal.write(Uint8Array.of(9));
  assert.equal(await read, 1);
  await port.close();
  await terminal.close();
});

Deno.test("DenoPort at rest reads incoming bytes, and at once when it is woken", async () => {
  const { terminal, port } = await openPair();
  const target = new Uint8Array(16);
  port.idle();
  let read = port.read(target);
  await terminal.write(Uint8Array.of(7));
  assert.equal(await read, 1);

  port.idle();
  read = port.read(target);
  port.doze(0);
  await terminal.write(Uint8Array.of(8));
  assert.equal(await read, 1);
  assert.equal(target[0], 8);
  await port.close();
  await terminal.close();
});

Deno.test("DenoPort.doze() for less than a millisecond returns the available bytes; reading continues after it", async () => {
  const { terminal, port } = await openPair();
  const target = new Uint8Array(16);
  for (const byte of [1, 2, 3]) {
    await terminal.write(Uint8Array.of(byte));
    // The system delivers it after some time
    let bytes = 0;
    while (bytes === 0) {
      port.doze(0.5);
      bytes = await port.read(target);
    }
    assert.equal(bytes, 1);
    assert.equal(target[0], byte);
  }
  await port.close();
  await terminal.close();
});

Deno.test("DenoPort detects a hang-up at rest and during a doze", async () => {
  for (const prepare of [(port: DenoPort) => port.idle(), (port: DenoPort) => port.doze(20)]) {
    const { terminal, port } = await openPair();
    prepare(port);
    const read = port.read(new Uint8Array(16)).then((bytes) => bytes === 0 ? port.read(new Uint8Array(16)) : bytes);
    const gone = assert.rejects(read, (error) => error instanceof PortError && error.code === "gone");
    await terminal.close();
    await gone;
    await port.close();
  }
});

Deno.test("DenoPort.close() ends a read during a doze or at rest", async () => {
  for (const prepare of [(port: DenoPort) => port.idle(), (port: DenoPort) => port.doze(30)]) {
    const { terminal, port } = await openPair();
    prepare(port);
    const canceled = assert.rejects(port.read(new Uint8Array(16)), { canceled: true });
    await port.close();
    await canceled;
    await terminal.close();
  }
});
