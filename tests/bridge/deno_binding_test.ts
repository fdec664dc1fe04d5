import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import modbusSerial from "modbus-serial";
import { SerialPort } from "serialport";
import type { OpenOptions } from "@serialport/bindings-interface";
import { DenoPort, type NativePort } from "../../bridge/deno_port.ts";
import { cString, flags, openLibc } from "../../bridge/libc.ts";
import { denoBinding, openPseudoTerminal, PortError, SerialPoll } from "../../bridge/mod.ts";
import { DeviceLink } from "../support/device_link.ts";
import { ScriptedLine } from "../support/scripted_line.ts";

const baudRate = 115200;

Deno.test("denoBinding works with serialport's SerialPort: open, write, drain, data, close", async () => {
  await using terminal = openPseudoTerminal();
  const stream = serialPort(terminal.path);
  await called((done) => stream.open(done));
  assert.equal(stream.isOpen, true);

  stream.write(Buffer.from("0d0a0300ff", "hex"));
  await called((done) => stream.drain(done));
  const target = new Uint8Array(16);
  assert.equal(await terminal.read(target), 5);
  assert.deepEqual(target.subarray(0, 5), Uint8Array.of(0x0d, 0x0a, 0x03, 0x00, 0xff));

  const data = new Promise<Uint8Array>((resolve) => stream.once("data", resolve));
  await terminal.write(Uint8Array.of(0x0a, 0x0d, 0x11, 0x13));
  assert.deepEqual(new Uint8Array(await data), Uint8Array.of(0x0a, 0x0d, 0x11, 0x13));

  await called((done) => stream.close(done));
  assert.equal(stream.isOpen, false);
});

Deno.test("denoBinding works with modbus-serial's own port", async () => {
  await using far = new ScriptedLine(() => "0104020144b893");
  const modbus = new modbusSerial.default();
  const options = { binding: denoBinding, baudRate };
  await modbus.connectRTUBuffered(far.path, options);
  modbus.setID(1);
  assert.deepEqual((await modbus.readInputRegisters(0x0b, 1)).data, [0x0144]);
  assert.deepEqual(far.requests, ["0104000b00014008"]);
  await called((done) => modbus.close(done));
});

Deno.test("denoBinding reports a hang-up to serialport's SerialPort once, as a disconnection", async () => {
  const terminal = openPseudoTerminal();
  const stream = serialPort(terminal.path);
  await called((done) => stream.open(done));
  stream.resume();
  const closed = new Promise<Error | null>((resolve) => stream.once("close", resolve));

  await terminal.close();
  assert.match(String(await closed), /gone/);
  assert.equal(stream.isOpen, false);
});

Deno.test("denoBinding.open() returns a port that reads data and reports its settings", async () => {
  await using terminal = openPseudoTerminal();
  const port = await denoBinding.open({ path: terminal.path, baudRate, parity: "even", stopBits: 2 });
  const buffer = Buffer.alloc(8);

  const pending = port.read(buffer, 2, 6);
  await terminal.write(Uint8Array.of(7, 8, 9));
  assert.equal((await pending).bytesRead, 3);
  assert.deepEqual([...buffer], [0, 0, 7, 8, 9, 0, 0, 0]);
  assert.deepEqual(await port.getBaudRate(), { baudRate });
  await port.update({ baudRate: 9600 });
  assert.deepEqual(await port.getBaudRate(), { baudRate: 9600 });
  assert.equal(port.openOptions.parity, "even");
  await port.close();
});

Deno.test("DenoPort.read() loses nothing if the buffer is smaller than the received data", async () => {
  await using terminal = openPseudoTerminal();
  const port = await denoBinding.open({ path: terminal.path, baudRate });
  await terminal.write(Uint8Array.of(1, 2, 3, 4, 5));

  const buffer = Buffer.alloc(2);
  const seen: number[] = [];
  while (seen.length < 5) {
    const { bytesRead } = await port.read(buffer, 0, 2);
    seen.push(...buffer.subarray(0, bytesRead));
  }
  assert.deepEqual(seen, [1, 2, 3, 4, 5]);
  await port.close();
});

Deno.test("DenoPort.flush() drops earlier data", async () => {
  await using terminal = openPseudoTerminal();
  const port = await denoBinding.open({ path: terminal.path, baudRate });
  const buffer = Buffer.alloc(8);
  await terminal.write(Uint8Array.of(1, 2, 3));
  assert.equal((await port.read(buffer, 0, 1)).bytesRead, 1);

  await port.flush();
  await terminal.write(Uint8Array.of(4));
  assert.equal((await port.read(buffer, 0, 8)).bytesRead, 1);
  assert.equal(buffer[0], 4);
  await port.close();
});

Deno.test("DenoPort.close() rejects a pending read as canceled, and later calls too", async () => {
  await using terminal = openPseudoTerminal();
  const port = await denoBinding.open({ path: terminal.path, baudRate });
  const pending = assert.rejects(port.read(Buffer.alloc(8), 0, 8), { canceled: true });

  await port.close();
  await pending;
  assert.equal(port.isOpen, false);
  await assert.rejects(port.read(Buffer.alloc(8), 0, 8), { canceled: true });
  await assert.rejects(port.write(Buffer.of(1)), { canceled: true });
  await assert.rejects(port.drain(), { canceled: true });
});

Deno.test("DenoPort rejects reads and writes as gone after a hang-up, and closes cleanly", async () => {
  const terminal = openPseudoTerminal();
  const port = await denoBinding.open({ path: terminal.path, baudRate });
  const pending = assert.rejects(port.read(Buffer.alloc(8), 0, 8), portError("gone"));

  await terminal.close();
  await pending;
  await assert.rejects(port.read(Buffer.alloc(8), 0, 8), portError("gone"));
  await assert.rejects(port.write(Buffer.of(1)), portError("gone"));
  await port.close();
});

Deno.test("denoBinding.open() reports that a device does not exist", async () => {
  await assert.rejects(denoBinding.open({ path: "/dev/ttyUSB987", baudRate }), portError("not_found", /ttyUSB987/));
});

Deno.test("denoBinding.open() never uses a device that appears during the call", async () => {
  await using terminal = openPseudoTerminal();
  await using link = await DeviceLink.make();
  const opening = denoBinding.open({ path: link.path, baudRate });
  Deno.symlinkSync(terminal.path, link.path);
  await assert.rejects(opening, portError("not_found"));
  await (await denoBinding.open({ path: link.path, baudRate })).close();
});

Deno.test("DenoPort.close() releases the port, also while a child process that is being started has its descriptor", async () => {
  await using terminal = openPseudoTerminal();
  const first = await denoBinding.open({ path: terminal.path, baudRate });
  using copies = await copiesOf(terminal.path);
  await first.close();
  assert.ok(copies.count > 0);
  await (await denoBinding.open({ path: terminal.path, baudRate })).close();
});

/** Copies of all descriptors of a device, as a process has them between its fork and its exec. */
async function copiesOf(path: string): Promise<Disposable & { readonly count: number }> {
  const libc = Deno.dlopen("libc.so.6", {
    dup: { parameters: ["i32"], result: "i32" },
    close: { parameters: ["i32"], result: "i32" },
  });
  const copies: number[] = [];
  for await (const { name } of Deno.readDir("/proc/self/fd")) {
    const target = await Deno.readLink(`/proc/self/fd/${name}`).catch(() => undefined);
    if (target === path) copies.push(libc.symbols.dup(Number(name)));
  }
  return {
    count: copies.length,
    [Symbol.dispose]() {
      for (const fd of copies) libc.symbols.close(fd);
      libc.close();
    },
  };
}

Deno.test("DenoPort.close() closes its descriptor if the native binding fails to close", async () => {
  await using terminal = openPseudoTerminal();
  const libc = openLibc();
  const fd = libc.symbols.open(cString(terminal.path), flags.openTerminal);
  const native = { close: () => Promise.reject(new Error("EIO")) } as unknown as NativePort;
  const port = new DenoPort(
    libc,
    fd,
    native,
    { path: terminal.path, baudRate } as Required<OpenOptions>,
    new SerialPoll(),
  );
  await assert.rejects(port.close(), /EIO/);
  // Another test in this process may use the number by now
  assert.notEqual(await Deno.readLink(`/proc/self/fd/${fd}`).catch(() => undefined), terminal.path);
});

Deno.test("denoBinding.open() reports that a file is not a serial port", async () => {
  await assert.rejects(
    denoBinding.open({ path: "/dev/null", baudRate }),
    portError("unsupported", /not a serial port/),
  );
});

Deno.test("denoBinding.open() refuses a port in use, and does not change its settings", async () => {
  await using terminal = openPseudoTerminal();
  const first = await denoBinding.open({ path: terminal.path, baudRate });
  await assert.rejects(denoBinding.open({ path: terminal.path, baudRate: 9600 }), portError("busy"));
  assert.deepEqual(await first.getBaudRate(), { baudRate });

  await first.close();
  await (await denoBinding.open({ path: terminal.path, baudRate: 9600 })).close();
});

Deno.test({
  name: "denoBinding.open() reports how to get access after a permission error",
  ignore: Deno.uid() === 0,
  async fn() {
    await using terminal = openPseudoTerminal();
    await Deno.chmod(terminal.path, 0);
    await assert.rejects(
      denoBinding.open({ path: terminal.path, baudRate }),
      portError("permission_denied", /group .* dialout/),
    );
  },
});

for (const permissions of [[], ["--allow-ffi"]]) {
  Deno.test(`denoBinding.open() names the required flag of Deno with ${permissions.join(" ") || "no flags"}`, async () => {
    const answer = await openingWith(permissions);
    assert.equal(answer.code, "permission_denied");
    assert.match(answer.message ?? "", /--allow-all/);
  });
}

Deno.test("denoBinding.open() needs only --allow-ffi and the files of the native binding", async () => {
  assert.deepEqual(await openingWith(["--allow-ffi", "--allow-env", "--allow-read"]), { code: "open" });
});

Deno.test("denoBinding.list() returns device paths, even without udevadm", async () => {
  for (const { path } of await denoBinding.list()) assert.match(path, /^\/dev\//);
});

/** Result of opening a port in a separate process. */
async function openingWith(permissions: readonly string[]): Promise<{ code: string; message?: string }> {
  await using terminal = openPseudoTerminal();
  const module = new URL("../../bridge/deno_binding.ts", import.meta.url).href;
  const script = `import { denoBinding } from ${JSON.stringify(module)};
    await denoBinding.open({ path: ${JSON.stringify(terminal.path)}, baudRate: 9600 })
      .then((port) => port.close(), (error) => ({ code: error.code, message: error.message }))
      .then((answer) => console.log(JSON.stringify(answer ?? { code: "open" })));`;
  const entry = await Deno.makeTempFile({ suffix: ".ts" });
  await Deno.writeTextFile(entry, script);
  const config = new URL("../../deno.json", import.meta.url).pathname;
  const run = new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-prompt", "--no-check", "--config", config, ...permissions, entry],
    env: { NO_COLOR: "1" },
  });
  const { stdout, stderr } = await run.output();
  await Deno.remove(entry);
  const text = new TextDecoder();
  return JSON.parse(text.decode(stdout) || text.decode(stderr));
}

function serialPort(path: string): SerialPort {
  const options = { binding: denoBinding, path, baudRate, autoOpen: false };
  return new SerialPort(options);
}

function portError(code: string, message = /./): (error: unknown) => boolean {
  return (error) => error instanceof PortError && error.code === code && message.test(error.message);
}

function called(call: (done: (error?: Error | null) => void) => void): Promise<void> {
  return new Promise((resolve, reject) => call((error) => error ? reject(error) : resolve()));
}
