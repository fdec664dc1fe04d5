import assert from "node:assert/strict";
import type { ByteStream } from "../../bridge/byte_stream.ts";
import { ExchangePort } from "../../src/line/exchange_port.ts";
import { Line, LineError } from "../../src/line/mod.ts";
import { openPseudoTerminal, PortError } from "../../bridge/mod.ts";
import { RtuFraming } from "../../src/modbus/rtu_framing.ts";
import { FakeTime } from "../support/fake_time.ts";
import { ScriptedLine } from "../support/scripted_line.ts";

const request = Uint8Array.fromHex("0104000b00014008");
const times = {
  baudrate: 9600,
  parity: "none",
  stopBits: 1,
  initialTimeoutMs: 500,
  withinMessageTimeoutMs: 100,
} as const;

/** An open device that accepts nothing. */
class StuckStream implements ByteStream {
  readonly sawArrival = false;
  written = 0;
  droppedOutput = 0;
  read = () => new Promise<number>(() => {});
  write = () => {
    this.written++;
    return new Promise<void>(() => {});
  };
  discardInput = () => {};
  discardOutput = () => void this.droppedOutput++;
  expectBytes = () => {};
  idle = () => {};
  sleep = () => Promise.resolve();
  close = () => Promise.resolve();
}

Deno.test("ExchangePort closes a device that has not accepted a request by the deadline of the exchange", async () => {
  const time = new FakeTime();
  const stream = new StuckStream();
  const port = new ExchangePort(stream, new RtuFraming(false), times, time);
  const seen: unknown[] = [];
  port.on("failure", (failure) => seen.push(failure));
  port.on("close", (error) => seen.push(error));
  port.open();
  port.write(request);
  // 8 bytes of request and 7 of answer need 15.6 ms
  await time.advance(515);
  assert.equal(seen.length, 0);
  await time.advance(1);
  assert.equal(seen.length, 1);
  const [error] = seen;
  assert.ok(error instanceof PortError && error.code === "stuck", String(error));
  assert.match(error.message, /^The device did not accept a request in time: .*rtscts.*it is reopened$/);
  assert.equal(port.isOpen, false);
  assert.equal(stream.written, 1);
  assert.equal(stream.droppedOutput, 1);
  await time.advance(60_000);
  assert.equal(seen.length, 1);
  assert.equal(time.sleeping, 0);
});

Deno.test("ExchangePort never sends two requests to the device at the same time", () => {
  const stream = new StuckStream();
  const port = new ExchangePort(stream, new RtuFraming(false), times, new FakeTime());
  let why: unknown;
  port.on("close", (error) => why = error);
  port.open();
  port.write(request);
  port.write(request);
  assert.ok(why instanceof PortError && why.code === "stuck");
  assert.equal(stream.written, 1);
});

Deno.test("Line reopens an adapter that accepts no more bytes, and works again when it does", async () => {
  const terminal = openPseudoTerminal();
  await using far = new ScriptedLine(() => "0104020144b893");
  const options = { ...far.options(), endpoint: { kind: "serial", path: terminal.path }, reopenDelayMs: 20 } as const;
  const line = new Line({ ...options, baudrate: 921600, initialTimeoutMs: 10, withinMessageTimeoutMs: 1 });
  // Also after a failure: Deno crashes if a test file ends during a system call
  await using _closed = { [Symbol.asyncDispose]: () => line.close() };
  await line.start();
  const write = () =>
    line.write(1, 0x6900, new Uint8Array(246), { priority: "live", repeatable: false }).then(
      () => assert.fail("There is no answer"),
      (error: LineError) => error,
    );
  let error = await write();
  // Until the buffer of the system is full, requests are accepted and time out
  while (error.code === "timeout") error = await write();
  assert.equal(error.code, "closed");
  assert.match(
    error.message,
    /^writing 123 words at 6900h to unit 1 on line rs485-1: .*did not accept a request in time/,
  );
  assert.ok(error.cause instanceof PortError && error.cause.code === "stuck");
  assert.equal(await line.connected(1), 2);

  await using answering = new ScriptedLine(() => "0104020144b893", terminal);
  assert.equal((await line.read(1, 0x0b, 1, { priority: "live", attempts: 500, delayMs: 20 })).toHex(), "0144");
  assert.ok(answering.requests.length > 0);
});
