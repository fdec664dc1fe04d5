import assert from "node:assert/strict";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import type { Log } from "../../src/base/log.ts";
import { silentLog } from "../../src/base/log.ts";
import { systemTime } from "../../src/base/time.ts";
import { ControlServer } from "../../src/control/control_server.ts";
import { askService, ControlError, type ControlHandlers, openControlServer } from "../../src/control/mod.ts";
import { FakeTime } from "../support/fake_time.ts";
import { ramFolder } from "../support/ram_folder.ts";

const deps = { log: silentLog, time: systemTime };

/** A control server in a folder of its own. */
class Control implements AsyncDisposable {
  readonly folder = ramFolder();
  readonly path = join(this.folder, "control.sock");
  readonly #servers: ControlServer[] = [];

  async open(
    handlers: ControlHandlers,
    parts: Parameters<typeof ControlServer.open>[2] = deps,
  ): Promise<ControlServer> {
    const server = await ControlServer.open(this.folder, handlers, parts);
    this.#servers.push(server);
    return server;
  }

  connect(): Promise<Deno.UnixConn> {
    return Deno.connect({ transport: "unix", path: this.path });
  }

  /** Sends bytes as they are. @returns all that is answered until the server closes */
  async raw(bytes: Uint8Array): Promise<string> {
    using connection = await this.connect();
    const sending = sendAll(connection, bytes);
    const answer = await textFrom(connection);
    await sending;
    return answer;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const server of this.#servers) await server.close();
    await Deno.remove(this.folder, { recursive: true });
  }
}

async function sendAll(connection: Deno.Conn, bytes: Uint8Array): Promise<void> {
  let rest = bytes;
  try {
    while (rest.length > 0) rest = rest.subarray(await connection.write(rest));
  } catch {
    // The server does not read all of it
  }
}

async function textFrom(connection: Deno.Conn): Promise<string> {
  const decoder = new TextDecoder();
  const buffer = new Uint8Array(10_000);
  let text = "";
  try {
    for (let count = await connection.read(buffer); count !== null; count = await connection.read(buffer)) {
      text += decoder.decode(buffer.subarray(0, count), { stream: true });
    }
  } catch (error) {
    assert.ok(error instanceof Deno.errors.ConnectionReset, String(error));
  }
  return text;
}

const bytes = (text: string) => new TextEncoder().encode(text);
const code = (wanted: string) => (error: unknown) => error instanceof ControlError && error.code === wanted;

Deno.test("a command gets the reply of its handler", async () => {
  await using control = new Control();
  await control.open({
    health: () => ({ ok: true, problems: ["one"] }),
    reload: () => Promise.resolve({ ok: false, error: "The file is faulty", problems: ["line 3"] }),
    forget: (meter) => Promise.resolve({ ok: true, forgotten: meter }),
  });
  const { folder } = control;
  assert.deepEqual(await askService(folder, { command: "health" }), { ok: true, problems: ["one"] });
  assert.deepEqual(await askService(folder, { command: "reload" }), {
    ok: false,
    error: "The file is faulty",
    problems: ["line 3"],
  });
  assert.deepEqual(await askService(folder, { command: "forget", meter: "evse-9" }), { ok: true, forgotten: "evse-9" });
});

Deno.test("a reply of a megabyte arrives whole", async () => {
  await using control = new Control();
  const problems = Array.from({ length: 10_000 }, (_, n) => `${n} ${"x".repeat(100)}`);
  await control.open({ health: () => ({ ok: true, problems }) });
  assert.deepEqual(await askService(control.folder, { command: "health" }), { ok: true, problems });
});

Deno.test("a command without a handler, a handler that fails and a faulty request are answered as errors", async () => {
  await using control = new Control();
  await control.open({
    health: () => {
      throw new Error("no journal");
    },
    forget: () => ({ ok: true }),
  });
  const error = async (text: string) => {
    const { ok, error } = JSON.parse(await control.raw(bytes(text)));
    assert.equal(ok, false);
    return error;
  };
  assert.equal(await error('{"command":"reload"}\n'), "The service does not support the command reload");
  assert.equal(await error('{"command":"stop"}\n'), "The service does not support the command stop");
  assert.equal(await error('{"command":"health"}\n'), "The command health failed: no journal");
  assert.match(await error('{"command":"forget"}\n'), /needs a meter/);
  assert.match(await error('{"command":"forget","meter":7}\n'), /needs a meter/);
  assert.match(await error('{"command":"acknowledge","meter":"evse-1"}\n'), /needs a meter and a fault/);
  for (const text of ["\n", "[]\n", "null\n", "7\n", "GET / HTTP/1.1\r\n", `${"[".repeat(1_000)}\n`]) {
    assert.match(await error(text), /^Cannot parse the request; send one line of JSON/, text);
  }
});

Deno.test("megabytes are refused after a few kilobytes", async () => {
  await using control = new Control();
  await control.open({ health: () => ({ ok: true }) });
  const answer = await control.raw(new Uint8Array(4_000_000).fill(0x20));
  assert.deepEqual(JSON.parse(answer), { ok: false, error: "A request has at most 4096 bytes" });
  assert.deepEqual(await askService(control.folder, { command: "health" }), { ok: true });
});

Deno.test("a request may arrive in pieces, and end with the stream", async () => {
  await using control = new Control();
  await control.open({ health: () => ({ ok: true }) });
  using connection = await control.connect();
  for (const part of ['{"comm', 'and":"he', 'alth"}']) {
    await connection.write(bytes(part));
    await setImmediate();
  }
  await connection.closeWrite();
  assert.equal(await textFrom(connection), '{"ok":true}\n');
});

Deno.test("a client that sends nothing is closed after 5 s and disturbs nobody", async () => {
  await using control = new Control();
  const time = new FakeTime();
  await control.open({ health: () => ({ ok: true }) }, { log: silentLog, time });
  using silent = await control.connect();
  using gone = await control.connect();
  gone.close();
  assert.deepEqual(await askService(control.folder, { command: "health" }), { ok: true });
  const answer = textFrom(silent);
  await time.advance(5_000);
  assert.match(JSON.parse(await answer).error, /^No request arrived within 5 s/);
});

Deno.test("a client that does not take its reply is closed after 5 s", async () => {
  await using control = new Control();
  const time = new FakeTime();
  const replied = Promise.withResolvers<void>();
  await control.open({
    health: () => {
      replied.resolve();
      return { ok: true, text: "x".repeat(4_000_000) };
    },
  }, { log: silentLog, time });
  using connection = await control.connect();
  await connection.write(bytes('{"command":"health"}\n'));
  await replied.promise;
  await time.advanceUntil(() => time.sleeping === 0, 10_000, 1_000);
  assert.ok((await textFrom(connection)).length < 4_000_000);
});

Deno.test("hundreds of clients at once are all answered", async () => {
  await using control = new Control();
  let count = 0;
  await control.open({ health: () => ({ ok: true, number: ++count }) });
  const all = Array.from({ length: 300 }, () => askService(control.folder, { command: "health" }, 60_000));
  const numbers = (await Promise.all(all)).map((reply) => "number" in reply ? reply.number : undefined);
  assert.equal(new Set(numbers).size, 300);
});

Deno.test("only the owner may use the socket", async () => {
  await using control = new Control();
  await control.open({});
  assert.equal((Deno.lstatSync(control.path).mode ?? 0) & 0o777, 0o600);
});

Deno.test("a socket that a killed process has left is replaced", async () => {
  await using control = new Control();
  const code = `Deno.listen({ transport: "unix", path: ${
    JSON.stringify(control.path)
  } }); Deno.kill(Deno.pid, "SIGKILL")`;
  await new Deno.Command(Deno.execPath(), { args: ["eval", code] }).output();
  assert.ok(Deno.lstatSync(control.path).isSocket);
  await control.open({ health: () => ({ ok: true }) });
  assert.deepEqual(await askService(control.folder, { command: "health" }), { ok: true });
});

Deno.test("a socket that another process serves is not replaced, and neither is a file", async () => {
  await using control = new Control();
  const first = await control.open({ health: () => ({ ok: true, first: true }) });
  await assert.rejects(control.open({}), code("busy"));
  assert.deepEqual(await askService(control.folder, { command: "health" }), { ok: true, first: true });
  await first.close();
  await Deno.writeTextFile(control.path, "mine");
  await assert.rejects(control.open({}), code("busy"));
  assert.equal(await Deno.readTextFile(control.path), "mine");
});

Deno.test("close answers a command that runs, closes idle clients and removes the socket", async () => {
  await using control = new Control();
  const begun = Promise.withResolvers<void>();
  const end = Promise.withResolvers<void>();
  const server = await control.open({
    reload: async () => {
      begun.resolve();
      await end.promise;
      return { ok: true };
    },
  });
  using idle = await control.connect();
  const reply = askService(control.folder, { command: "reload" });
  await begun.promise;
  const closing = server.close();
  end.resolve();
  assert.deepEqual(await reply, { ok: true });
  await closing;
  await textFrom(idle);
  assert.throws(() => Deno.lstatSync(control.path), Deno.errors.NotFound);
});

Deno.test("close does not wait long for a command that hangs", async () => {
  await using control = new Control();
  const time = new FakeTime();
  const begun = Promise.withResolvers<void>();
  const server = await control.open({
    reload: () => {
      begun.resolve();
      return new Promise(() => {});
    },
  }, { log: silentLog, time });
  const reply = assert.rejects(askService(control.folder, { command: "reload" }), code("failed"));
  await begun.promise;
  await time.run(server.close());
  await reply;
});

Deno.test("a client reports that no service runs, and a service that does not answer", async () => {
  await using control = new Control();
  await assert.rejects(askService(control.folder, { command: "health" }), code("no_service"));
  await control.open({ health: () => new Promise(() => {}) });
  await assert.rejects(askService(control.folder, { command: "health" }, 10), code("timeout"));
});

Deno.test("a state folder whose path is too long is logged, and the service runs without the socket", async () => {
  const folder = `/tmp/${"x".repeat(100)}`;
  const logged: string[] = [];
  const log: Log = { ...silentLog, error: (message, fields) => logged.push(`${message}: ${fields?.reason}`) };
  assert.equal(await openControlServer(folder, {}, { ...deps, log }), undefined);
  assert.equal(logged.length, 1);
  assert.match(logged[0] ?? "", /runs without its control socket.*has 118 bytes, but at most 107 are possible/);
  await assert.rejects(askService(folder, { command: "health" }), code("path_too_long"));
});
