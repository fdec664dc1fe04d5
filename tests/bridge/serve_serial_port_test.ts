import assert from "node:assert/strict";
import { Line } from "../../src/line/mod.ts";
import { openPseudoTerminal, type SerialServer, serveSerialPort } from "../../bridge/mod.ts";
import { type Log, silentLog } from "../../src/base/log.ts";
import { systemTime } from "../../src/base/time.ts";
import { DeviceLink } from "../support/device_link.ts";
import { FakeTime } from "../support/fake_time.ts";
import { ownHost } from "../support/own_address.ts";
import { type Script, ScriptedLine } from "../support/scripted_line.ts";

const live = { priority: "live" } as const;
const answer = "0104020144b893";
const settings = { baudrate: 115200, parity: "none", stopBits: 1, rtscts: false } as const;
/** No test here waits for a missing answer, and a busy machine may answer late. */
const patient = { initialTimeoutMs: 5_000, withinMessageTimeoutMs: 1_000 } as const;

/** Closes something also if its test fails: it would use the device of the next test, which may have the same path. */
function closing<T extends { close(): Promise<void> }>(open: T): T & AsyncDisposable {
  return Object.assign(open, { [Symbol.asyncDispose]: () => open.close() });
}

Deno.test("serveSerialPort() passes requests and answers of a line over a Unix socket", async () => {
  await using far = new ScriptedLine(() => answer);
  await using link = await DeviceLink.make();
  const listen = { kind: "unix", path: `${link.path}.sock` } as const;
  await using _server = closing(
    await serveSerialPort({ serial: { ...settings, path: far.path }, listen }, { log: silentLog }),
  );
  for (let client = 0; client < 2; client++) {
    await using line = closing(new Line(far.options({ endpoint: listen, ...patient })));
    assert.equal(await line.start(), undefined);
    assert.equal((await line.read(1, 0x0b, 1, live)).toHex(), "0144");
  }
});

Deno.test("serveSerialPort() closes a second client at once, logs it, and keeps serving the first", async () => {
  await using far = new ScriptedLine(() => answer);
  const warned = Promise.withResolvers<string>();
  const log: Log = { ...silentLog, warn: (message) => warned.resolve(message) };
  const listen = { kind: "tcp", host: ownHost(), port: 4_000 } as const;
  await using server = closing(await serveSerialPort({ serial: { ...settings, path: far.path }, listen }, { log }));
  const { address } = server;
  assert.ok(address.kind === "tcp" && address.port > 0);

  await using line = closing(new Line(far.options({ endpoint: address, ...patient })));
  await line.start();
  await line.read(1, 0x0b, 1, live);
  using second = await Deno.connect({ hostname: address.host, port: address.port });
  assert.equal(await second.read(new Uint8Array(1)), null);
  assert.match(await warned.promise, /second client/);
  assert.equal((await line.read(1, 0x0b, 1, live)).toHex(), "0144");
});

Deno.test("serveSerialPort() does not listen while the device is missing, and serves it again when it returns", async () => {
  await using link = await DeviceLink.make();
  const { path } = link;
  const listen = { kind: "unix", path: `${path}.sock` } as const;
  const first = new ScriptedLine(() => answer);
  await link.plug(first);
  await using _server = closing(
    await serveSerialPort({ serial: { ...settings, path }, listen, reopenDelayMs: 10 }, { log: silentLog }),
  );
  await using line = closing(new Line(first.options({ endpoint: listen, reopenDelayMs: 10, ...patient })));
  const changes = line.changes[Symbol.asyncIterator]();
  await line.start();
  assert.equal((await changes.next()).value?.state, "open");

  await link.unplug(first);
  assert.equal((await changes.next()).value?.state, "closed");
  await systemTime.sleep(30);
  assert.equal(line.state, "closed");

  await using second = new ScriptedLine(() => answer);
  await link.plug(second);
  assert.equal((await changes.next()).value?.state, "open");
  assert.equal((await line.read(1, 0x0b, 1, live)).toHex(), "0144");
});

Deno.test("serveSerialPort() rejects if the device is missing or the address is in use", async () => {
  await using far = new ScriptedLine(() => answer);
  const host = ownHost();
  const listener = Deno.listen({ hostname: host, port: 4_000 });
  const listen = { kind: "tcp", host, port: 4_000 } as const;
  const serve = (path: string) => serveSerialPort({ serial: { ...settings, path }, listen }, { log: silentLog });
  await assert.rejects(serve("/dev/ttyUSB987"), { code: "not_found" });
  await assert.rejects(serve(far.path), { code: "busy" });
  listener.close();
  const server = await serve(far.path);
  await server.close();
});

Deno.test("serveSerialPort() replaces a socket without a listener, and does not replace any other file", async () => {
  await using far = new ScriptedLine(() => answer);
  const folder = await Deno.makeTempDir();
  const serve = (path: string) => {
    const listen = { kind: "unix", path } as const;
    return serveSerialPort({ serial: { ...settings, path: far.path }, listen }, { log: silentLog });
  };
  const [file, link, socket] = [`${folder}/notes.txt`, `${folder}/link`, `${folder}/line.sock`];
  await Deno.writeTextFile(file, "years of work");
  await Deno.symlink(file, link);
  await assert.rejects(serve(file), { code: "busy", message: /notes\.txt: the path is a file; choose another path/ });
  await assert.rejects(serve(link), { code: "busy", message: /the path is a symbolic link/ });
  await assert.rejects(serve(folder), { code: "busy", message: /the path is a folder/ });
  assert.equal(await Deno.readTextFile(file), "years of work");

  const abandoned = Deno.listen({ transport: "unix", path: `${socket}.first` });
  // Deno removes the file of a closed listener if it still has its name
  await Deno.rename(`${socket}.first`, socket);
  await assert.rejects(serve(socket), { code: "busy", message: /another program already listens there/ });
  abandoned.close();
  assert.ok((await Deno.lstat(socket)).isSocket);
  const server = await serve(socket);
  await server.close();
  await Deno.remove(folder, { recursive: true });
});

interface Served {
  readonly server: SerialServer;
  readonly time: FakeTime;
  readonly far: ScriptedLine;
  readonly logged: string[];
  connect(): Promise<Deno.Conn>;
}

/** A server with fake time and a real device. */
async function withServer(script: Script, work: (served: Served) => Promise<void>): Promise<void> {
  await using far = new ScriptedLine(script);
  const time = new FakeTime();
  const logged: string[] = [];
  const write = (text: string) => void logged.push(text);
  const log: Log = { error: write, warn: write, info: write, debug: () => {} };
  const listen = { kind: "tcp", host: ownHost(), port: 4_000 } as const;
  const server = await serveSerialPort({ serial: { ...settings, path: far.path }, listen }, { log, time });
  const { address } = server;
  if (address.kind !== "tcp") assert.fail("not a TCP address");
  const connect = () => Deno.connect({ hostname: address.host, port: address.port });
  try {
    await work({ server, time, far, logged, connect });
  } finally {
    await server.close();
  }
}

const request = Uint8Array.fromHex("0104000b00014008");

/** One exchange over a connection; returns the number of received bytes, null if the server has closed it. */
async function exchange(client: Deno.Conn): Promise<number | null> {
  await client.write(request);
  return await client.read(new Uint8Array(64));
}

/** Advances the time until `done`, and lets the system work between the steps. */
async function passes(time: FakeTime, done: () => boolean): Promise<void> {
  while (!done()) {
    await time.advance(100);
    await systemTime.sleep(1);
  }
}

/** Resolves when `count` requests have reached the device. */
async function requests(far: ScriptedLine, count: number): Promise<void> {
  while (far.requests.length < count) await systemTime.sleep(1);
}

Deno.test("serveSerialPort() closes a client that has sent nothing for 30 s when another one connects", () =>
  withServer(() => answer, async ({ time, logged, connect }) => {
    using first = await connect();
    assert.equal(await exchange(first), 7);
    await time.advance(29_999);
    using second = await connect();
    assert.equal(await second.read(new Uint8Array(1)), null);
    assert.equal(await exchange(first), 7);
    await time.advance(30_000);
    using third = await connect();
    assert.equal(await exchange(third), 7);
    assert.equal(await first.read(new Uint8Array(1)), null);
    assert.deepEqual(logged.slice(1), [
      "Client connected",
      "A second client was closed: the port already has a client, which has been silent for 29 s",
      "The client has sent nothing for 30 s and was closed; a new client replaces it",
      "Client connected",
    ]);
  }));

Deno.test("serveSerialPort() logs refused clients once, then every hour with a count", () =>
  withServer(() => answer, async ({ time, logged, connect }) => {
    using first = await connect();
    const refused = async () => {
      await exchange(first);
      using client = await connect();
      assert.equal(await client.read(new Uint8Array(1)), null);
    };
    for (let client = 0; client < 3; client++) await refused();
    await time.advance(3_600_000);
    await refused();
    const text = "A second client was closed: the port already has a client, which has been silent for 0 s";
    assert.deepEqual(logged.slice(2), [text, `${text}; 4 times since 2026-01-31T08:00:00.000Z`]);
  }));

Deno.test("serveSerialPort() does not log clients that receive nothing, after the first one", () =>
  withServer((_request, _send, nth) => nth === 1 || nth > 3 ? answer : undefined, async ({ far, logged, connect }) => {
    const visit = async (nth: number) => {
      // The server may not have detected yet that the last one has disconnected
      while (far.requests.length < nth) {
        using client = await connect();
        if (nth === 1 || nth > 3) await exchange(client).catch(() => null);
        else {
          await client.write(request).catch(() => 0);
          await Promise.race([client.read(new Uint8Array(1)), requests(far, nth)]);
        }
      }
    };
    for (const nth of [1, 2, 3, 4]) await visit(nth);
    const visits = () => logged.filter((text) => text.startsWith("Client "));
    while (visits().length < 6) await systemTime.sleep(1);
    const one = ["Client connected", "Client disconnected"];
    assert.deepEqual(visits(), [...one, ...one, ...one]);
  }));

Deno.test("serveSerialPort() reopens a device that accepts no bytes, and disconnects its client", async () => {
  await using terminal = openPseudoTerminal();
  const time = new FakeTime();
  const logged: string[] = [];
  const write = (text: string) => void logged.push(text);
  const log: Log = { error: write, warn: write, info: write, debug: () => {} };
  const listen = { kind: "tcp", host: ownHost(), port: 4_000 } as const;
  const server = await serveSerialPort({ serial: { ...settings, path: terminal.path }, listen }, { log, time });
  const { address } = server;
  if (address.kind !== "tcp") return assert.fail("not a TCP address");
  using client = await Deno.connect({ hostname: address.host, port: address.port });
  const dropped = client.read(new Uint8Array(1)).catch(() => null);
  for (let sent = 0; sent < 100_000;) sent += await client.write(new Uint8Array(1024));
  await passes(time, () => logged.some((text) => text.includes("accepts no bytes")));
  assert.equal(await dropped, null);
  await passes(time, () => logged.filter((text) => text.startsWith("Serving")).length === 2);
  assert.match(logged.at(-2) ?? "", /^The device \/dev\/pts\/\d+ accepts no bytes: .*; reopening it$/);
  await server.close();
});

Deno.test("serveSerialPort() reopens a device that sent nothing to a client, if it did before", () =>
  withServer(
    (_request, _send, nth) => nth === 1 || nth > 4 ? answer : undefined,
    async ({ far, time, logged, connect }) => {
      const first = await connect();
      assert.equal(await exchange(first), 7);
      first.close();
      while (!logged.includes("Client disconnected")) await systemTime.sleep(1);
      const second = await connect();
      for (let piece = 1; piece <= 3; piece++) {
        await second.write(request);
        await requests(far, 1 + piece);
      }
      second.close();
      while (!logged.some((text) => text.endsWith("no longer sends anything; reopening it"))) await systemTime.sleep(1);
      await passes(time, () => logged.filter((text) => text.startsWith("Serving")).length === 2);
      using third = await connect();
      assert.equal(await exchange(third), 7);
    },
  ));

Deno.test("serveSerialPort() creates its Unix socket for owner and group only, with any umask", async () => {
  await using far = new ScriptedLine(() => answer);
  const folder = await Deno.makeTempDir();
  const before = Deno.umask(0);
  try {
    const path = `${folder}/line.sock`;
    const listen = { kind: "unix", path } as const;
    const server = await serveSerialPort({ serial: { ...settings, path: far.path }, listen }, { log: silentLog });
    assert.equal(((await Deno.lstat(path)).mode ?? 0) & 0o777, 0o660);
    assert.equal(Deno.umask(), 0);
    await server.close();
  } finally {
    Deno.umask(before);
    await Deno.remove(folder, { recursive: true });
  }
});
