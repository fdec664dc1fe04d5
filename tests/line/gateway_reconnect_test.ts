import assert from "node:assert/strict";
import type { Line, LineError, LineOptions } from "../../src/line/mod.ts";
import type { Log } from "../../src/base/log.ts";
import { FakeTime } from "../support/fake_time.ts";
import { FakeTimeLine, type TimedScript } from "../support/fake_time_line.ts";
import { answerTo, live, state } from "./scripted_gateway.ts";

/** What a gateway does with a request on its nth connection. */
type GatewayScript = (connection: number, ...request: Parameters<TimedScript>) => unknown;

const initialTimeoutMs = 300;

function gateway(kind: "tcp" | "modbus-tcp"): Partial<LineOptions> {
  return { endpoint: { kind, host: "127.0.0.1", port: 502 }, initialTimeoutMs };
}

/** Runs a test on a line to a gateway that follows a script. */
async function onGateway(
  kind: "tcp" | "modbus-tcp",
  script: GatewayScript,
  test: (line: FakeTimeLine) => Promise<void>,
): Promise<void> {
  const line: FakeTimeLine = new FakeTimeLine((...request) => script(line.far.openings, ...request), gateway(kind));
  await line.start();
  await line.time.run(test(line).finally(() => line.close()));
}

/** The answer to a Modbus TCP read of one register. */
function mbapAnswer(request: string): string {
  return `${request.slice(0, 4)}00000005${request.slice(12, 14)}04020144`;
}

async function timesOut(line: Line, unit = 1): Promise<void> {
  await assert.rejects(line.read(unit, 0x0b, 1, live), (error: LineError) => error.code === "timeout");
}

for (const kind of ["tcp", "modbus-tcp"] as const) {
  Deno.test(`Line reconnects to a ${kind} gateway that lost power without closing, and works again`, () =>
    // The first connection no longer answers after one answer and is not closed
    onGateway(kind, (connection, request, _send, nth) => {
      if (nth > 1 && connection === 1) return undefined;
      return kind === "tcp" ? answerTo(request, 0x0144) : mbapAnswer(request);
    }, async (line) => {
      const changes = line.changes[Symbol.asyncIterator]();
      assert.equal(await state(changes), "open");
      await line.read(1, 0x0b, 1, live);
      for (let count = 0; count < 3; count++) {
        await line.time.sleep(2500);
        await timesOut(line);
      }
      const { value: closed } = await changes.next();
      assert.match(closed?.error?.message ?? "", new RegExp(`^${kind}://127.0.0.1:\\d+ no longer sends anything`));
      assert.equal(await state(changes), "open");
      assert.equal((await line.read(1, 0x0b, 1, live)).toHex(), "0144");
      assert.equal(line.far.openings, 2);
    }));
}

Deno.test("Line reports what to check about a gateway that has not sent anything yet", () =>
  onGateway("tcp", () => undefined, async (line) => {
    const changes = line.changes[Symbol.asyncIterator]();
    assert.equal(await state(changes), "open");
    for (let count = 0; count < 3; count++) {
      await line.time.sleep(2500);
      await timesOut(line);
    }
    const { value: closed } = await changes.next();
    assert.match(
      closed?.error?.message ?? "",
      /^tcp:\/\/127.0.0.1:\d+ has not sent anything yet; reconnecting; .* uses Modbus TCP \(modbus-tcp:\/\/\)$/,
    );
  }));

Deno.test("Line keeps its connection to a gateway while one of its units answers", () =>
  onGateway("tcp", (_connection, request) => request.startsWith("01") ? "0104020144b893" : undefined, async (line) => {
    await line.read(1, 0x0b, 1, live);
    for (let count = 0; count < 5; count++) {
      await line.time.sleep(2500);
      await timesOut(line, 2);
    }
    await line.read(1, 0x0b, 1, live);
    assert.equal(line.far.openings, 1);
  }));

Deno.test("Line keeps its connection to a gateway whose only unit always answers late", () =>
  onGateway("tcp", async (_connection, request, _send, _nth, sleep) => {
    await sleep(initialTimeoutMs + 20);
    return answerTo(request, 1);
  }, async (line) => {
    for (let count = 0; count < 80; count++) {
      await assert.rejects(line.read(1, 0x0b, 1, live));
      await line.time.sleep(50);
    }
    assert.ok(line.state === "open");
  }));

Deno.test("Line does not use an answer from before a reconnect for a later request", () => {
  const asked: string[] = [];
  const script: GatewayScript = async (_connection, request, send, nth, sleep) => {
    if (nth <= 3) return void asked.push(request);
    if (nth === 4) {
      await sleep(10);
      for (const early of asked) await send(answerTo(early, 0xdead));
    }
    await send(answerTo(request, parseInt(request.slice(4, 8), 16)));
  };
  return onGateway("tcp", script, async (line) => {
    const changes = line.changes[Symbol.asyncIterator]();
    assert.equal(await state(changes), "open");
    for (const address of [0, 0x10]) await assert.rejects(line.read(1, address, 2, live));
    await line.time.sleep(5000);
    await assert.rejects(line.read(1, 0, 2, live));
    assert.equal(await state(changes), "closed");
    assert.equal(await state(changes), "open");
    const results: string[] = [];
    for (const address of [0x10, 0x20, 0x10, 0x20]) {
      results.push(
        await line.read(1, address, 2, live).then((bytes) => bytes.toHex(), (error: LineError) => error.code),
      );
    }
    assert.deepEqual(results.filter((result) => result.includes("dead")), []);
    assert.deepEqual(results.slice(-2), ["00100010", "00200020"]);
  });
});

for (const between of [false, true]) {
  const where = between ? "between two answers" : "in an answer";
  Deno.test(`Line reconnects after bytes that are not Modbus TCP, ${where}`, () =>
    onGateway("modbus-tcp", async (connection, request, send, _nth, sleep) => {
      const good = mbapAnswer(request);
      if (connection > 1) return good;
      await send(between ? good : "00010001" + "ffff");
      await sleep(20);
      return between ? "474554202f20485454502f" : undefined;
    }, async (line) => {
      const changes = line.changes[Symbol.asyncIterator]();
      await state(changes);
      const first = line.read(1, 0x0b, 1, live);
      if (between) assert.equal((await first).toHex(), "0144");
      else await assert.rejects(first, (error: LineError) => error.code === "unexpected_answer");
      const { value: closed } = await changes.next();
      assert.match(closed?.error?.message ?? "", /not Modbus TCP/);
      assert.equal(await state(changes), "open");
      assert.equal((await line.read(1, 0x0b, 1, live)).toHex(), "0144");
    }));
}

Deno.test("Line reconnects to a Modbus TCP gateway whose answers are one behind", () => {
  let held: string | undefined;
  // The first connection sends each answer only after the next request
  const script: GatewayScript = (connection, request) => {
    const answer = mbapAnswer(request);
    if (connection > 1) return answer;
    const before = held;
    held = answer;
    return before;
  };
  return onGateway("modbus-tcp", script, async (line) => {
    const failed = () => line.read(1, 0x0b, 1, live).then(() => assert.fail("answered"), (error: LineError) => error);
    assert.match((await failed()).message, /: no answer within 30\d ms; /);
    for (let stale = 0; stale < 3; stale++) {
      const error = await failed();
      assert.equal(error.code, "timeout");
      assert.match(
        error.message,
        /: no answer except one to an earlier request within 30\d ms; the gateway answers too late/,
      );
    }
    assert.equal(await line.connected(1), 2);
    assert.equal((await line.read(1, 0x0b, 1, live)).toHex(), "0144");
    assert.equal(line.far.openings, 2);
  });
});

Deno.test("Line keeps its connection to a Modbus TCP gateway while one of its units answers in time", () =>
  onGateway("modbus-tcp", async (_connection, request, send, _nth, sleep) => {
    if (request.slice(12, 14) === "02") await sleep(2 * initialTimeoutMs);
    await send(mbapAnswer(request));
  }, async (line) => {
    await line.read(1, 0x0b, 1, live);
    for (let count = 0; count < 6; count++) await assert.rejects(line.read(2, 0x0b, 1, live));
    assert.equal((await line.read(1, 0x0b, 1, live)).toHex(), "0144");
    assert.equal(line.far.openings, 1);
  }));

Deno.test("Line logs one line with the possible cause for a gateway that closes each connection at once", async () => {
  const logged: string[] = [];
  const write = (text: string) => void logged.push(text);
  const log: Log = { error: write, warn: write, info: write, debug: () => {} };
  const line = new FakeTimeLine(() => undefined, gateway("tcp"), new FakeTime(), log);
  const changes = line.changes[Symbol.asyncIterator]();
  const closeEach = async () => {
    while (line.far.openings < 5) if (await state(changes) === "open") void line.far.close();
    await assert.rejects(line.read(1, 0x0b, 1, live), { code: "closed" });
  };
  await line.start();
  await line.time.run(closeEach().finally(() => line.close()));
  assert.equal(logged.length, 1, logged.join("\n"));
  assert.match(
    logged[0] ?? "",
    /^Line is closed: tcp:\/\/127.0.0.1:\d+ closes each connection at once; it may already serve another client, or use .*$/,
  );
});
