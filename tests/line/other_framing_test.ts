import assert from "node:assert/strict";
import { Line, LineError, type LineErrorCode, type LineOptions } from "../../src/line/mod.ts";
import { withCrc } from "../../src/modbus/crc16.ts";
import { beginsWithMbap } from "../../src/modbus/other_framing.ts";
import { onFakeTimeLine, type TimedScript } from "../support/fake_time_line.ts";
import { listen, live, options, tcp } from "./scripted_gateway.ts";

const initialTimeoutMs = 300;

function to(kind: "tcp" | "modbus-tcp"): Partial<LineOptions> {
  return { endpoint: { kind, host: "127.0.0.1", port: 502 }, initialTimeoutMs };
}

/** Errors of two consecutive reads. */
async function failures(kind: "tcp" | "modbus-tcp", script: TimedScript): Promise<LineError[]> {
  const found: LineError[] = [];
  await onFakeTimeLine(script, async (line) => {
    for (let nth = 0; nth < 2; nth++) {
      const error = await line.read(1, 0x0b, 1, live).catch((error) => error);
      assert.ok(error instanceof LineError, String(error));
      found.push(error);
    }
  }, to(kind));
  return found;
}

const told = (errors: LineError[]): [LineErrorCode, string][] =>
  errors.map(({ code, message }) => [code, message.replace(/^.*?: /, "")]);

Deno.test("Line detects a gateway with Modbus TCP if RTU frames are configured, even without an answer", async () => {
  const toDo = "the gateway uses Modbus TCP: write modbus-tcp:// instead of tcp:// in the gateway of the line";
  // It reads the first two bytes of the frame as a transaction id, and waits for the rest of the second request
  const script: TimedScript = (request, _send, nth) => nth === 1 ? `${request.slice(0, 4)}00000003018001` : undefined;
  assert.deepEqual(told(await failures("tcp", script)), [
    ["unexpected_answer", `a Modbus TCP frame instead of RTU; ${toDo}`],
    ["timeout", `no answer within ${initialTimeoutMs + 1} ms; ${toDo}`],
  ]);
});

Deno.test("Line detects a gateway with RTU frames if Modbus TCP is configured", async () => {
  const toDo =
    "the gateway passes RTU frames through: write tcp:// instead of modbus-tcp:// in the gateway of the line";
  const frames = [Uint8Array.of(0, 0x81, 1), Uint8Array.of(1, 4, 2, 1, 0x44)];
  for (const frame of frames) {
    const [first, second] = told(await failures("modbus-tcp", () => withCrc(frame).toHex()));
    assert.deepEqual(first, ["unexpected_answer", `an RTU frame instead of Modbus TCP; ${toDo}`]);
    assert.ok(second?.[1].endsWith(toDo), String(second?.[1]));
  }
});

Deno.test("Line suggests the other framing if the unit has never answered on the gateway", async () => {
  const silent: TimedScript = () => undefined;
  assert.match(
    told(await failures("tcp", silent)).join(),
    /parity, and whether the gateway uses Modbus TCP \(modbus-tcp/,
  );
  assert.match(
    told(await failures("modbus-tcp", silent)).join(),
    /parity, and whether the gateway passes RTU frames through \(tcp/,
  );
  const once: TimedScript = (request, _send, nth) => nth === 1 ? `${request.slice(0, 4)}000000050104020144` : undefined;
  await onFakeTimeLine(once, async (line) => {
    assert.equal((await line.read(1, 0x0b, 1, live)).toHex(), "0144");
    await assert.rejects(
      line.read(1, 0x0b, 1, live),
      ({ message }: LineError) => message.endsWith("baud rate and parity"),
    );
  }, to("modbus-tcp"));
});

Deno.test("beginsWithMbap rejects every RTU answer, even with any damaged byte", () => {
  const answers = [[1, 4, 2, 0, 0], [1, 0x84, 2], [1, 4, 8, 0, 3, 0, 0, 0, 0, 0, 0], [1, 0x10, 0x70, 0x40, 0, 1]];
  for (const answer of answers.map((bytes) => withCrc(Uint8Array.from(bytes)))) {
    for (let at = 0; at < answer.length; at++) {
      for (let byte = 0; byte < 256; byte++) assert.equal(beginsWithMbap(answer.with(at, byte)), false, answer.toHex());
    }
  }
  assert.equal(beginsWithMbap(Uint8Array.fromHex("000100000005010402")), false, "a part of one");
});

Deno.test("Line reports at the first read why a gateway may close at once", async () => {
  const messages: string[] = [];
  for (const kind of ["tcp", "modbus-tcp"] as const) {
    await using gateway = listen(() => gateway.drop(), { port: 0 });
    const line = new Line(options(tcp(kind, gateway)));
    await line.start();
    const read = () => line.read(1, 0x0b, 1, { ...live, attempts: 2 }).catch((error) => error);
    let error = await read();
    // If the machine stalls for a second, the connection was open for that long
    while (/ is gone$/.test(error.message)) error = await read();
    assert.equal(error.code, "closed");
    messages.push(error.message);
    await line.close();
  }
  assert.match(
    messages[0] ?? "",
    /closes each connection at once; it may already serve another client, or use Modbus TCP/,
  );
  assert.match(messages[1] ?? "", /closes each connection at once; it may already serve another client, or expect RTU/);
});
