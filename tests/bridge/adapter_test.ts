import assert from "node:assert/strict";
import { openPseudoTerminal, openSerialPort, SerialPoll, type SerialSettings } from "../../bridge/mod.ts";

/**
 * A serial port that receives what it sends: a pseudo-terminal, or a real adapter with its transmitter and receiver
 * connected, whose path is in this variable of the environment.
 */
const adapter = Deno.env.get("WATTSEAL_LOOPBACK_PORT");

interface Loopback extends AsyncDisposable {
  readonly path: string;
}

function openLoopback(): Loopback {
  if (adapter !== undefined) return { path: adapter, [Symbol.asyncDispose]: () => Promise.resolve() };
  const terminal = openPseudoTerminal();
  const echoing = echo(terminal);
  return {
    path: terminal.path,
    async [Symbol.asyncDispose]() {
      await terminal.close();
      await echoing;
    },
  };
}

async function echo(terminal: ReturnType<typeof openPseudoTerminal>): Promise<void> {
  const bytes = new Uint8Array(256);
  try {
    while (true) await terminal.write(bytes.slice(0, await terminal.read(bytes)));
  } catch (error) {
    if (!(error instanceof Error && error.name === "PortClosedError")) throw error;
  }
}

const settings = { baudrate: 9600, parity: "none", stopBits: 1, rtscts: false } as const;
const open = (loopback: Loopback, changed: Partial<SerialSettings> = {}) =>
  openSerialPort({ ...settings, path: loopback.path, ...changed }, new SerialPoll());

type Port = Awaited<ReturnType<typeof open>>;

async function received(port: Port, count: number): Promise<number[]> {
  const bytes: number[] = [];
  const buffer = new Uint8Array(256);
  while (bytes.length < count) {
    bytes.push(...buffer.subarray(0, await port.read(buffer)));
  }
  return bytes;
}

const kind = adapter === undefined ? "a pseudo-terminal" : adapter;

for (const [baudrate, parity] of [[9600, "none"], [115200, "even"], [115200, "odd"]] as const) {
  Deno.test(`${kind} at ${baudrate} baud, parity ${parity}, transfers every byte value`, async () => {
    await using loopback = openLoopback();
    const port = await open(loopback, { baudrate, parity });
    const bytes = Uint8Array.from({ length: 256 }, (_, value) => value);
    await port.write(bytes);
    assert.deepEqual(await received(port, 256), [...bytes]);
    await port.close();
  });
}

Deno.test(`${kind} rejects the read that is pending when it is closed, and opens again at once`, async () => {
  await using loopback = openLoopback();
  const port = await open(loopback);
  const pending = assert.rejects(received(port, 1), { canceled: true });
  await port.close();
  await pending;
  const again = await open(loopback);
  await again.write(Uint8Array.of(0xa5));
  assert.deepEqual(await received(again, 1), [0xa5]);
  await again.close();
});

Deno.test(`${kind} refuses a second user`, async () => {
  await using loopback = openLoopback();
  const port = await open(loopback);
  await assert.rejects(open(loopback), { name: "PortError", code: "busy" });
  await port.close();
});
