import assert from "node:assert/strict";
import { Line, serveSerialPort } from "../../bridge/mod.ts";
import { type Log, silentLog } from "../../src/base/log.ts";
import { systemTime } from "../../src/base/time.ts";
import { DeviceLink } from "../support/device_link.ts";
import { ScriptedLine } from "../support/scripted_line.ts";

const live = { priority: "live" } as const;
const answer = "0104020144b893";
const settings = { baudrate: 115200, parity: "none", stopBits: 1, rtscts: false } as const;

Deno.test("serveSerialPort() passes a line's requests and answers over a Unix socket", async () => {
  await using far = new ScriptedLine(() => answer);
  const folder = await Deno.makeTempDir();
  const listen = { kind: "unix", path: `${folder}/line.sock` } as const;
  const server = await serveSerialPort({ serial: { ...settings, path: far.path }, listen }, { log: silentLog });
  for (let client = 0; client < 2; client++) {
    const line = new Line(far.options({ endpoint: listen }));
    assert.equal(await line.start(), undefined);
    assert.equal((await line.read(1, 0x0b, 1, live)).toHex(), "0144");
    await line.close();
  }
  await server.close();
  await Deno.remove(folder, { recursive: true });
});

Deno.test("serveSerialPort() closes a second client at once, says so, and keeps serving the first", async () => {
  await using far = new ScriptedLine(() => answer);
  const warned = Promise.withResolvers<string>();
  const log: Log = { ...silentLog, warn: (message) => warned.resolve(message) };
  const listen = { kind: "tcp", host: "127.0.0.1", port: 0 } as const;
  const server = await serveSerialPort({ serial: { ...settings, path: far.path }, listen }, { log });
  const { address } = server;
  assert.ok(address.kind === "tcp" && address.port > 0);

  const line = new Line(far.options({ endpoint: address }));
  await line.start();
  await line.read(1, 0x0b, 1, live);
  using second = await Deno.connect({ hostname: address.host, port: address.port });
  assert.equal(await second.read(new Uint8Array(1)), null);
  assert.match(await warned.promise, /second client/);
  assert.equal((await line.read(1, 0x0b, 1, live)).toHex(), "0144");
  await line.close();
  await server.close();
});

Deno.test("serveSerialPort() does not listen while the device is gone, and serves it again when it is back", async () => {
  await using link = await DeviceLink.make();
  const { path } = link;
  const listen = { kind: "unix", path: `${path}.sock` } as const;
  const first = new ScriptedLine(() => answer);
  await link.plug(first);
  const server = await serveSerialPort({ serial: { ...settings, path }, listen, reopenDelayMs: 10 }, {
    log: silentLog,
  });
  const line = new Line(first.options({ endpoint: listen, reopenDelayMs: 10 }));
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
  await line.close();
  await server.close();
});

Deno.test("serveSerialPort() rejects when the device is absent or the address is taken", async () => {
  await using far = new ScriptedLine(() => answer);
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const listen = { kind: "tcp", host: "127.0.0.1", port: listener.addr.port } as const;
  const serve = (path: string) => serveSerialPort({ serial: { ...settings, path }, listen }, { log: silentLog });
  await assert.rejects(serve("/dev/ttyUSB987"), { code: "not_found" });
  await assert.rejects(serve(far.path), { code: "busy" });
  listener.close();
  const server = await serve(far.path);
  await server.close();
});

Deno.test("serveSerialPort() replaces a socket that nobody listens on, and leaves any other file alone", async () => {
  await using far = new ScriptedLine(() => answer);
  const folder = await Deno.makeTempDir();
  const serve = (path: string) => {
    const listen = { kind: "unix", path } as const;
    return serveSerialPort({ serial: { ...settings, path: far.path }, listen }, { log: silentLog });
  };
  const [file, link, socket] = [`${folder}/notes.txt`, `${folder}/link`, `${folder}/line.sock`];
  await Deno.writeTextFile(file, "years of work");
  await Deno.symlink(file, link);
  await assert.rejects(serve(file), { code: "busy", message: /notes\.txt: a file is there.*choose another path/ });
  await assert.rejects(serve(link), { code: "busy", message: /a symbolic link is there/ });
  await assert.rejects(serve(folder), { code: "busy", message: /a folder is there/ });
  assert.equal(await Deno.readTextFile(file), "years of work");

  const abandoned = Deno.listen({ transport: "unix", path: `${socket}.first` });
  // Deno removes the file of a listener that it closes, where it still has its name.
  await Deno.rename(`${socket}.first`, socket);
  await assert.rejects(serve(socket), { code: "busy", message: /another program does/ });
  abandoned.close();
  assert.ok((await Deno.lstat(socket)).isSocket);
  const server = await serve(socket);
  await server.close();
  await Deno.remove(folder, { recursive: true });
});
