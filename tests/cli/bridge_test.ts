import assert from "node:assert/strict";
import { openPseudoTerminal } from "../../bridge/mod.ts";
import { bridge, listenAddress } from "../../src/cli/bridge.ts";
import { runCommand } from "../support/run_command.ts";
import { CommandProcess } from "../support/start_process.ts";

function exposed(port: number): string {
  return `Everyone who can reach tcp://0.0.0.0:${port} over the network can read and write all meters on the ` +
    "line and end their transactions: there is no password or encryption";
}

Deno.test("listenAddress() accepts a Unix socket and any loopback address", () => {
  assert.deepEqual(listenAddress("unix:/run/line.sock"), { kind: "unix", path: "/run/line.sock" });
  for (const host of ["127.0.0.1", "127.1.2.3", "localhost"]) {
    assert.deepEqual(listenAddress(`tcp://${host}:4001`), { kind: "tcp", host, port: 4001 });
  }
  assert.deepEqual(listenAddress("tcp://[::1]:4001"), { kind: "tcp", host: "::1", port: 4001 });
});

Deno.test("listenAddress() refuses an address that other machines can reach, unless this is allowed", () => {
  for (const host of ["0.0.0.0", "10.0.0.5", "[::]", "[fe80::1]", "node-1", "127.0.0.1.example.org"]) {
    assert.throws(() => listenAddress(`tcp://${host}:4001`), { name: "SyntaxError", message: /--allow-remote/ }, host);
  }
  const allowed = listenAddress("tcp://0.0.0.0:4001", { allowRemote: true });
  assert.deepEqual(allowed, { kind: "tcp", host: "0.0.0.0", port: 4001 });
});

Deno.test("bridge refuses a remote address as wrong usage, and reports the risk", async () => {
  const args = ["bridge", "--serial-port", "/dev/ttyUSB987", "--baudrate", "9600", "--listen", "tcp://0.0.0.0:4001"];
  await assert.rejects(runCommand(args), {
    name: "SyntaxError",
    message: `Cannot listen on tcp://0.0.0.0:4001: add --allow-remote to allow this. ${exposed(4001)}`,
  });
  assert.equal((await runCommand([...args, "--allow-remote"])).code, 3);
});

Deno.test("bridge logs the risk of a remote address that is allowed", async () => {
  await using terminal = openPseudoTerminal();
  const stop = new AbortController();
  let logged = "";
  const write = (bytes: Uint8Array) => {
    logged += new TextDecoder().decode(bytes);
    if (logged.includes("Serving")) stop.abort();
    return Promise.resolve(bytes.length);
  };
  const listen = listenAddress("tcp://0.0.0.0:0", { allowRemote: true });
  const line = { serialPort: terminal.path, baudrate: 9600, parity: "none", stopBits: 1 } as const;
  const io = { err: () => {}, background: { out: { write }, err: { write } }, interrupted: stop.signal };
  assert.equal(await bridge({ ...line, listen }, io), 130);
  assert.ok(logged.includes(` WARN  ${exposed(0)}\n`), logged);
});

Deno.test("bridge ends with 0 on SIGTERM and with 130 on SIGINT", async () => {
  await using terminal = openPseudoTerminal();
  const args = ["bridge", "--serial-port", terminal.path, "--baudrate", "9600", "--listen", "tcp://127.0.0.1:0"];
  for (const [signal, code] of [["SIGTERM", 0], ["SIGINT", 130]] as const) {
    await using process = new CommandProcess(args);
    await process.said("Serving");
    process.signal(signal);
    const ended = await process.ended();
    assert.equal(ended.code, code, `${signal}: ${ended.err}`);
  }
});
