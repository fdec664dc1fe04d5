import assert from "node:assert/strict";
import { Line, LineError } from "../../src/line/mod.ts";
import type { Log } from "../../src/base/log.ts";
import { systemTime } from "../../src/base/time.ts";
import { onFakeTimeLine } from "../support/fake_time_line.ts";
import { ShiftedTime } from "../support/shifted_time.ts";
import { answerTo, listen, live, options, soonMs, state, tcp } from "./scripted_gateway.ts";

Deno.test("Line connects again to a gateway that lost its power without closing, and works again", async () => {
  for (const kind of ["tcp", "modbus-tcp"] as const) {
    let connections = 0;
    // The first connection goes deaf after one answer; nobody closes it.
    await using gateway = listen(
      (request, _send, nth) => {
        const heard = nth === 1 || connections > 1;
        if (!heard) return undefined;
        return kind === "tcp" ? answerTo(request, 0x0144) : `${request.slice(0, 4)}000000050104020144`;
      },
      { port: 0 },
      () => connections++,
    );
    const time = new ShiftedTime();
    const line = new Line(options(tcp(kind, gateway), soonMs), { time });
    const changes = line.changes[Symbol.asyncIterator]();
    await line.start();
    assert.equal(await state(changes), "open");
    await line.read(1, 0x0b, 1, live);
    for (let count = 0; count < 3; count++) {
      time.skip(2500);
      await assert.rejects(line.read(1, 0x0b, 1, live), (error: LineError) => error.code === "timeout");
    }
    const { value: closed } = await changes.next();
    assert.match(closed?.error?.message ?? "", new RegExp(`^Nothing comes from ${kind}://127.0.0.1:\\d+ any more`));
    assert.equal(await state(changes), "open");
    assert.equal((await line.read(1, 0x0b, 1, live)).toHex(), "0144");
    assert.equal(connections, 2);
    await line.close();
  }
});

Deno.test("Line says what to check about a gateway of which nothing has come yet", async () => {
  await using gateway = listen(() => undefined, { port: 0 });
  const time = new ShiftedTime();
  const line = new Line(options(tcp("tcp", gateway), soonMs), { time });
  const changes = line.changes[Symbol.asyncIterator]();
  await line.start();
  assert.equal(await state(changes), "open");
  for (let count = 0; count < 3; count++) {
    time.skip(2500);
    await assert.rejects(line.read(1, 0x0b, 1, live), (error: LineError) => error.code === "timeout");
  }
  const { value: closed } = await changes.next();
  assert.match(
    closed?.error?.message ?? "",
    /^Nothing has come yet from tcp:\/\/127.0.0.1:\d+; it is connected to again; .* speaks Modbus TCP \(modbus-tcp:\/\/\)$/,
  );
  await line.close();
});

Deno.test("Line keeps its connection to a gateway while one of its units answers", async () => {
  let connections = 0;
  await using gateway = listen(
    (request) => request.startsWith("01") ? "0104020144b893" : undefined,
    { port: 0 },
    () => connections++,
  );
  const time = new ShiftedTime();
  const line = new Line(options(tcp("tcp", gateway), soonMs), { time });
  await line.start();
  await line.read(1, 0x0b, 1, live);
  for (let count = 0; count < 5; count++) {
    time.skip(2500);
    await assert.rejects(line.read(2, 0x0b, 1, live));
  }
  await line.read(1, 0x0b, 1, live);
  assert.equal(connections, 1);
  await line.close();
});

Deno.test("Line keeps its connection to a gateway whose only unit answers late every time", () =>
  onFakeTimeLine(async (request, _send, _nth, sleep) => {
    await sleep(80);
    return answerTo(request, 1);
  }, async (line) => {
    for (let count = 0; count < 80; count++) {
      await assert.rejects(line.read(1, 0x0b, 1, live));
      await line.time.sleep(50);
    }
    assert.ok(line.state === "open");
  }, { endpoint: { kind: "tcp", host: "127.0.0.1", port: 502 } }));

Deno.test("Line gives no later request an answer from before it connected again", async () => {
  let answerAll = () => {};
  const asked: string[] = [];
  await using gateway = listen(
    async (request, send, nth) => {
      if (nth <= 3) return void asked.push(request);
      if (nth === 4) answerAll = () => asked.forEach((early) => void send(answerTo(early, 0xdead)));
      if (nth === 4) await systemTime.sleep(10);
      answerAll();
      answerAll = () => {};
      await send(answerTo(request, parseInt(request.slice(4, 8), 16)));
    },
    { port: 0 },
  );
  const time = new ShiftedTime();
  const line = new Line(options(tcp("tcp", gateway), soonMs), { time });
  const changes = line.changes[Symbol.asyncIterator]();
  await line.start();
  assert.equal(await state(changes), "open");
  for (const address of [0, 0x10]) await assert.rejects(line.read(1, address, 2, live));
  time.skip(5000);
  await assert.rejects(line.read(1, 0, 2, live));
  assert.equal(await state(changes), "closed");
  assert.equal(await state(changes), "open");
  const results: string[] = [];
  for (const address of [0x10, 0x20, 0x10, 0x20]) {
    results.push(await line.read(1, address, 2, live).then((bytes) => bytes.toHex(), (error: LineError) => error.code));
  }
  assert.deepEqual(results.filter((result) => result.includes("dead")), []);
  assert.deepEqual(results.slice(-2), ["00100010", "00200020"]);
  await line.close();
});

Deno.test("Line connects again after bytes that are not Modbus TCP, in an answer or between two", async () => {
  for (const between of [false, true]) {
    let connections = 0;
    await using gateway = listen(
      async (request, send) => {
        const good = `${request.slice(0, 4)}000000050104020144`;
        if (connections > 1) return good;
        await send(between ? good : "00010001" + "ffff");
        await systemTime.sleep(20);
        return between ? "474554202f20485454502f" : undefined;
      },
      { port: 0 },
      () => connections++,
    );
    const line = new Line(options(tcp("modbus-tcp", gateway)));
    const changes = line.changes[Symbol.asyncIterator]();
    await line.start();
    await state(changes);
    const first = line.read(1, 0x0b, 1, live);
    if (between) assert.equal((await first).toHex(), "0144");
    else await assert.rejects(first, (error: LineError) => error.code === "unexpected_answer");
    const { value: closed } = await changes.next();
    assert.match(closed?.error?.message ?? "", /not Modbus TCP/);
    assert.equal(await state(changes), "open");
    assert.equal((await line.read(1, 0x0b, 1, live)).toHex(), "0144");
    await line.close();
  }
});

Deno.test("Line connects again to a Modbus TCP gateway whose answers are one behind", async () => {
  let connections = 0;
  let held: string | undefined;
  // The first connection gives each answer only when the next request comes.
  await using gateway = listen(
    (request) => {
      const answer = `${request.slice(0, 4)}000000050104020144`;
      if (connections > 1) return answer;
      const before = held;
      held = answer;
      return before;
    },
    { port: 0 },
    () => connections++,
  );
  const line = new Line(options(tcp("modbus-tcp", gateway), soonMs));
  await line.start();
  const failed = () => line.read(1, 0x0b, 1, live).then(() => assert.fail("answered"), (error: LineError) => error);
  assert.match((await failed()).message, /: no answer within 30\d ms; /);
  for (let stale = 0; stale < 3; stale++) {
    const error = await failed();
    assert.equal(error.code, "timeout");
    assert.match(
      error.message,
      /: no answer but one to an earlier request within 30\d ms; the gateway answers too late/,
    );
  }
  assert.equal(await line.connected(1), 2);
  assert.equal((await line.read(1, 0x0b, 1, live)).toHex(), "0144");
  assert.equal(connections, 2);
  await line.close();
});

Deno.test("Line keeps its connection to a Modbus TCP gateway while one of its units answers in time", async () => {
  let connections = 0;
  await using gateway = listen(
    async (request, send) => {
      const [transaction, unit] = [request.slice(0, 4), request.slice(12, 14)];
      if (unit === "02") await systemTime.sleep(2 * soonMs);
      await send(`${transaction}00000005${unit}04020144`);
    },
    { port: 0 },
    () => connections++,
  );
  const line = new Line(options(tcp("modbus-tcp", gateway), soonMs));
  await line.start();
  await line.read(1, 0x0b, 1, live);
  for (let count = 0; count < 6; count++) await assert.rejects(line.read(2, 0x0b, 1, live));
  assert.equal((await line.read(1, 0x0b, 1, live)).toHex(), "0144");
  assert.equal(connections, 1);
  await line.close();
});

Deno.test("Line logs one line for a gateway that closes each connection at once, and says what it may be", async () => {
  let connections = 0;
  await using gateway = listen(() => undefined, { port: 0 }, () => {
    connections++;
    queueMicrotask(() => gateway.drop());
  });
  const logged: string[] = [];
  const write = (text: string) => void logged.push(text);
  const log: Log = { error: write, warn: write, info: write, debug: () => {} };
  const line = new Line(options(tcp("tcp", gateway)), { log });
  const changes = line.changes[Symbol.asyncIterator]();
  await line.start();
  while (connections < 5) await changes.next();
  await assert.rejects(line.read(1, 0x0b, 1, live), { code: "closed" });
  await line.close();
  assert.equal(logged.length, 1, logged.join("\n"));
  assert.match(
    logged[0] ?? "",
    /^line is closed: tcp:\/\/127.0.0.1:\d+ closes each connection at once; it may serve another client already, or speak .*$/,
  );
});
