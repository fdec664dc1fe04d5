import assert from "node:assert/strict";
import { Line, type LineError } from "../../src/line/mod.ts";
import { onFakeTimeLine } from "../support/fake_time_line.ts";
import { listen, live, options, state, tcp } from "./scripted_gateway.ts";

Deno.test("Line reads RTU frames over a Unix socket, and again after the gateway restarts", async () => {
  const folder = await Deno.makeTempDir();
  const path = `${folder}/line.sock`;
  const line = new Line(options({ kind: "unix", path }));
  const changes = line.changes[Symbol.asyncIterator]();
  assert.equal((await line.start())?.code, "not_found");
  for (let round = 0; round < 2; round++) {
    await using gateway = listen(() => "0104020144b893", { path });
    assert.equal(await state(changes), "open");
    assert.equal((await line.read(1, 0x0b, 1, live)).toHex(), "0144");
    assert.deepEqual(gateway.requests, ["0104000b00014008"]);
    // First the socket: the line reconnects at once
    await Deno.remove(path);
    gateway.drop();
    assert.equal(await state(changes), "closed");
  }
  await line.close();
  await Deno.remove(folder, { recursive: true });
});

Deno.test("Line reads RTU frames over TCP", async () => {
  await using gateway = listen(() => "0104020144b893", { port: 0 });
  const line = new Line(options(tcp("tcp", gateway)));
  assert.equal(await line.start(), undefined);
  assert.equal((await line.read(1, 0x0b, 1, live)).toHex(), "0144");
  await line.close();
});

Deno.test("Line uses Modbus TCP: header, unit and no checksum, for reads and writes", async () => {
  await using gateway = listen((request) => {
    return request.slice(14, 16) === "04" ? "000100000005010402" + "0144" : "000200000006011070400001";
  }, { port: 0 });
  const line = new Line(options(tcp("modbus-tcp", gateway)));
  await line.start();
  assert.equal((await line.read(1, 0x0b, 1, live)).toHex(), "0144");
  await line.write(1, 0x7040, Uint8Array.of(0, 0x42), { priority: "transaction", repeatable: false });
  assert.deepEqual(gateway.requests, ["0001000000060104000b0001", "0002000000090110704000010200" + "42"]);
  await line.close();
});

const modbusTcp = { endpoint: { kind: "modbus-tcp", host: "127.0.0.1", port: 502 } } as const;

Deno.test("Line identifies a late Modbus TCP answer by its transaction id", () =>
  onFakeTimeLine(async (_request, send, nth) => {
    if (nth === 1) return;
    await send("0001000000050104021111");
    await send("0002000000050104022222");
  }, async (line) => {
    await assert.rejects(line.read(1, 0x0b, 1, live), (error: LineError) => error.code === "timeout");
    assert.equal((await line.read(1, 0x0b, 1, live)).toHex(), "2222");
  }, modbusTcp));

Deno.test("Line accepts a Modbus TCP answer in pieces, and several in one piece", () =>
  onFakeTimeLine(async (_request, send, _nth, sleep) => {
    await send("0099000000050104021111" + "000100");
    await sleep(5);
    await send("00000501040201");
    await sleep(5);
    await send("44");
  }, async (line) => {
    assert.equal((await line.read(1, 0x0b, 1, live)).toHex(), "0144");
  }, modbusTcp));

Deno.test("Line reports Modbus TCP answers that do not fit their request", async () => {
  for (
    const wrong of [
      "0001000000050204020144",
      "0001000000050103020144",
      "00010000000701040401440000",
      "ffffffffffffffff",
    ]
  ) {
    await onFakeTimeLine(() => wrong, async (line) => {
      await assert.rejects(line.read(1, 0x0b, 1, live), (error: LineError) => error.code === "unexpected_answer");
    }, modbusTcp);
  }
});

Deno.test("Line.start() reports that no program listens at the address of the gateway", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  const line = new Line(options({ kind: "modbus-tcp", host: "127.0.0.1", port }));
  const error = await line.start();
  assert.equal(error?.code, "not_found");
  assert.match(error?.message ?? "", new RegExp(`modbus-tcp://127.0.0.1:${port}`));
  await line.close();
});

Deno.test("a tap of a line receives each byte in both directions, including noise", async () => {
  const folder = await Deno.makeTempDir();
  const path = `${folder}/gateway`;
  await using _gateway = listen(() => "00ff01040409000000f818", { path });
  const seen: string[] = [];
  const line = new Line(options({ kind: "unix", path }), {
    tap: (direction, bytes) => seen.push(`${direction} ${bytes.toHex()}`),
  });
  assert.equal(await line.start(), undefined);
  assert.equal((await line.read(1, 0, 2, live)).toHex(), "09000000");
  await line.close();
  assert.equal(seen[0], "sent 01040000000271cb");
  assert.equal(seen.slice(1).map((piece) => piece.replace("received ", "")).join(""), "00ff01040409000000f818");
  await Deno.remove(folder, { recursive: true });
});
