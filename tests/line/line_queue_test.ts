import assert from "node:assert/strict";
import { LineError, type Priority, type TransferOptions } from "../../src/line/mod.ts";
import { onFakeTimeLine, type TimedScript } from "../support/fake_time_line.ts";

/** Answers reads of one word at 000Bh of units 1 to 3. */
const answers: Readonly<Record<string, string>> = {
  "0104000b00014008": "0104020144b893",
  "0204000b0001403b": "02040201453d53",
  "0304000b000141ea": "03040201464092",
};

const live = { priority: "live" } as const;

/** Answers like {@linkcode answers} after a delay in milliseconds. */
function after(ms: number): TimedScript {
  return async (request, _send, _nth, sleep) => {
    await sleep(ms);
    return answers[request];
  };
}

/** Keeps the first request on the wire until it is released, also on a busy machine. */
function holding(answer: (request: string) => string | undefined) {
  const asked = Promise.withResolvers<void>();
  const released = Promise.withResolvers<void>();
  const script: TimedScript = async (request) => {
    asked.resolve();
    await released.promise;
    return answer(request);
  };
  return { script, asked: asked.promise, release: () => released.resolve() };
}

/** The units of the requests, in order. */
function units(far: { readonly requests: readonly string[] }): number[] {
  return far.requests.map((request) => Number.parseInt(request.slice(0, 2), 16));
}

Deno.test("Line serves transactions first, then health, then live, each in order of arrival", () =>
  onFakeTimeLine(after(5), async (line) => {
    const read = (unit: number, priority: Priority) => line.read(unit, 0x0b, 1, { priority });
    await Promise.all([
      read(1, "live"),
      read(1, "live"),
      read(2, "live"),
      read(2, "health"),
      read(3, "transaction"),
      read(1, "transaction"),
    ]);
    assert.deepEqual(units(line.far), [3, 1, 2, 1, 1, 2]);
  }));

Deno.test("Line serves the live poll with the earliest deadline first", () =>
  onFakeTimeLine(after(5), async (line) => {
    const now = line.time.mono();
    const read = (unit: number, inMs: number) => line.read(unit, 0x0b, 1, { ...live, deadline: now + inMs });
    await Promise.all([
      line.read(1, 0x0b, 1, { priority: "transaction" }),
      line.read(1, 0x0b, 1, live),
      read(2, 60_000),
      read(3, 30_000),
      read(1, 30_000),
    ]);
    assert.deepEqual(units(line.far), [1, 3, 1, 2, 1]);
  }));

Deno.test("Line gives an overdue live poll the priority health, in order of arrival", () =>
  onFakeTimeLine(after(5), async (line) => {
    const past = line.time.mono() - 1;
    await Promise.all([
      line.read(1, 0x0b, 1, { priority: "transaction" }),
      line.read(2, 0x0b, 1, live),
      line.read(3, 0x0b, 1, { ...live, deadline: past }),
      line.read(1, 0x0b, 1, { priority: "health" }),
    ]);
    assert.deepEqual(units(line.far), [1, 3, 1, 2]);
  }));

Deno.test("Line serves other work between two attempts", () =>
  onFakeTimeLine((request) => request.startsWith("01") ? undefined : answers[request], async (line) => {
    const dead = line.read(1, 0x0b, 1, { priority: "transaction", attempts: 2, delayMs: 120 });
    const failed = assert.rejects(
      dead,
      (error) => error instanceof LineError && /after 2 attempts/.test(error.message),
    );
    await line.read(2, 0x0b, 1, live);
    await line.read(3, 0x0b, 1, live);
    await failed;
    assert.deepEqual(units(line.far), [1, 2, 3, 1]);
  }));

Deno.test("Line serves all other work before a unit that did not answer last time, except in a transaction", () =>
  onFakeTimeLine((request) => request.startsWith("01") ? undefined : answers[request], async (line) => {
    const read = (unit: number, priority: Priority) => line.read(unit, 0x0b, 1, { priority }).catch(() => {});
    await Promise.all([read(1, "health"), read(2, "live")]);
    line.far.requests.length = 0;
    await line.time.sleep(80);
    await Promise.all([read(3, "transaction"), read(1, "health"), read(2, "live"), read(3, "live")]);
    await line.time.sleep(80);
    await Promise.all([read(2, "health"), read(1, "transaction"), read(3, "health")]);
    assert.deepEqual(units(line.far), [3, 2, 3, 1, 1, 2, 3]);
  }));

Deno.test("Line serves a silent unit after a second, even if other units keep it busy", () =>
  onFakeTimeLine(async (request, _send, _nth, sleep) => {
    await sleep(10);
    return request.startsWith("01") ? undefined : answers[request];
  }, async (line) => {
    await line.read(1, 0x0b, 1, live).catch(() => {});
    await line.time.sleep(80);
    line.far.requests.length = 0;
    let over = false;
    const silent = line.read(1, 0x0b, 1, live).catch(() => {}).finally(() => over = true);
    const startMs = line.time.mono();
    const busy = async (unit: number) => {
      while (!over) await line.read(unit, 0x0b, 1, live);
    };
    await Promise.all([silent, busy(2), busy(3)]);
    assert.ok(units(line.far).includes(1));
    const waitedMs = line.time.mono() - startMs;
    // Plus its own timeout of 61 ms and the exchange before it
    assert.ok(waitedMs > 1000 && waitedMs < 1100, `${waitedMs} ms`);
  }));

Deno.test("Line.read() splits a read of more than 125 words, lowest address first", () =>
  onFakeTimeLine(answerBlock, async (line) => {
    const bytes = await line.read(1, 0x7110, 126, live);
    assert.deepEqual(line.far.requests, ["01047110007d2ad2", "0104718d0001badd"]);
    assert.equal(bytes.length, 252);
    assert.deepEqual([...bytes.subarray(248)], [0x71, 0x8c, 0x71, 0x8d]);

    line.far.requests.length = 0;
    assert.equal((await line.read(1, 0x7110, 250, live)).length, 500);
    assert.deepEqual(line.far.requests.map((request) => request.slice(4, 12)), ["7110007d", "718d007d"]);
    line.far.requests.length = 0;
    assert.equal((await line.read(1, 0x7110, 125, live)).length, 250);
    assert.equal(line.far.requests.length, 1);
  }));

Deno.test("Line.write() splits a write of more than 123 words, lowest address first", () =>
  onFakeTimeLine(answerBlock, async (line) => {
    const bytes = Uint8Array.from({ length: 252 }, (_, index) => index);
    await line.write(1, 0x6900, bytes, { priority: "transaction", repeatable: true });
    const heads = line.far.requests.map((request) => request.slice(0, 14));
    assert.deepEqual(heads, ["01106900007bf6", "0110697b000306"]);
    const data = line.far.requests.map((request) => request.slice(14, -4)).join("");
    assert.equal(data, bytes.toHex());

    line.far.requests.length = 0;
    await line.write(1, 0x6900, bytes.subarray(0, 246), { priority: "transaction", repeatable: true });
    assert.equal(line.far.requests.length, 1);
  }));

Deno.test("Line serves a transaction between the requests of a long read", () => {
  const held = holding((request) => answers[request] ?? answerBlock(request));
  return onFakeTimeLine(held.script, async (line) => {
    const long = line.read(1, 0x7110, 500, live);
    await held.asked;
    const transaction = line.read(2, 0x0b, 1, { priority: "transaction" });
    held.release();
    await transaction;
    assert.equal((await long).length, 1000);
    assert.deepEqual(units(line.far), [1, 2, 1, 1, 1]);
  });
});

Deno.test("Line cancels work that is aborted while it waits, and finishes an exchange that has begun", () =>
  onFakeTimeLine(after(20), async (line) => {
    const controller = new AbortController();
    const options: TransferOptions = { ...live, signal: controller.signal };
    const onWire = line.read(1, 0x0b, 1, options);
    const waiting = line.read(2, 0x0b, 1, options);
    while (line.far.requests.length === 0) await line.time.sleep(1);
    const reason = new Error("not needed any more");
    controller.abort(reason);
    await assert.rejects(waiting, reason);
    assert.equal((await onWire).toHex(), "0144");
    await assert.rejects(line.read(3, 0x0b, 1, options), reason);
    await line.read(3, 0x0b, 1, live);
    assert.deepEqual(units(line.far), [1, 3]);
  }));

Deno.test("Line.close() finishes the current exchange and rejects waiting ones as closed", () => {
  const held = holding((request) => answers[request]);
  return onFakeTimeLine(held.script, async (line) => {
    const onWire = line.read(1, 0x0b, 1, live);
    const waiting = assert.rejects(line.read(2, 0x0b, 1, live), isClosed);
    await held.asked;
    const closed = line.close();
    held.release();
    assert.equal((await onWire).toHex(), "0144");
    await waiting;
    await closed;
    assert.equal(line.state, "closed");
    await assert.rejects(line.read(3, 0x0b, 1, live), isClosed);
    assert.deepEqual(units(line.far), [1]);
  });
});

function isClosed(error: unknown): boolean {
  return error instanceof LineError && error.code === "closed";
}

/** Answers a read with the address of each register, and confirms any write. */
function answerBlock(request: string): string {
  const frame = Uint8Array.fromHex(request);
  const view = new DataView(frame.buffer);
  if (frame[1] === 16) return withChecksum([...frame.subarray(0, 6)]);
  const [address, count] = [view.getUint16(2), view.getUint16(4)];
  const words = Array.from({ length: count }, (_, index) => address + index);
  return withChecksum([frame[0] ?? 0, 4, count * 2, ...words.flatMap((word) => [word >> 8, word & 0xff])]);
}

/** The checksum computed bit by bit, independent of the tested code. */
function withChecksum(body: number[]): string {
  let crc = 0xffff;
  for (const byte of body) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >> 1) ^ 0xa001 : crc >> 1;
  }
  return Uint8Array.of(...body, crc & 0xff, crc >> 8).toHex();
}

Deno.test("Line continues a transaction whose next request follows at once, while others wait", () =>
  onFakeTimeLine((request) => answers[request], async (line) => {
    const transaction = async () => {
      for (let step = 0; step < 4; step++) {
        // Like in a transaction, the next request comes some microtasks after the answer
        await (async () => await (async () => await line.read(1, 0x0b, 1, { priority: "transaction" }))())();
      }
    };
    const others = Array.from({ length: 3 }, () => line.read(2, 0x0b, 1, live));
    await Promise.all([transaction(), ...others]);
    assert.deepEqual(units(line.far), [1, 1, 1, 1, 2, 2, 2]);
  }));

Deno.test("Line reads exactly when an awaited answer or an overdue value is due, and other values less exactly", () =>
  onFakeTimeLine(after(5), async (line) => {
    await line.time.sleep(20_000);
    await line.read(1, 0x0b, 1, live);
    await line.read(1, 0x0b, 1, { priority: "health" });
    await line.read(1, 0x0b, 1, { priority: "transaction" });
    await Promise.all([line.read(2, 0x0b, 1, live), line.read(3, 0x0b, 1, live)]);
    await line.read(1, 0x0b, 1, { ...live, deadline: line.time.mono() - 1 });
    assert.deepEqual(line.far.precisions, ["relaxed", "exact", "exact", "relaxed", "relaxed", "exact"]);
  }));

Deno.test("Line reads a value exactly while another one waits, if the line is busy for a fifth of its time", () =>
  onFakeTimeLine(after(20), async (line) => {
    for (const [pauseMs, expected] of [[500, ["relaxed", "relaxed"]], [50, ["exact", "relaxed"]]] as const) {
      for (let count = 0; count < 200; count++) {
        await line.read(1, 0x0b, 1, live);
        await line.time.sleep(pauseMs);
      }
      const before = line.far.precisions.length;
      await Promise.all([line.read(2, 0x0b, 1, live), line.read(3, 0x0b, 1, live)]);
      assert.deepEqual(line.far.precisions.slice(before), expected, `pauses of ${pauseMs} ms`);
    }
  }));

Deno.test("Line reads a value exactly while work waits that is not live", () =>
  onFakeTimeLine(after(5), async (line) => {
    await line.time.sleep(20_000);
    await assert.rejects(line.read(9, 0x0b, 1, live));
    const before = line.far.precisions.length;
    // Work of a silent unit comes last
    const health = assert.rejects(line.read(9, 0x0b, 1, { priority: "health" }));
    await line.read(1, 0x0b, 1, live);
    assert.deepEqual(line.far.precisions.slice(before), ["exact"]);
    await health;
  }));

Deno.test("Line reads exactly when an answer is due if other work waits", () =>
  onFakeTimeLine(after(45), async (line) => {
    await line.time.sleep(20_000);
    for (let count = 0; count < 300; count++) await line.read(1, 0x0b, 1, live);
    assert.deepEqual([line.far.precisions.at(0), line.far.precisions.at(-1)], ["relaxed", "exact"]);
    await line.time.sleep(20_000);
    await line.read(1, 0x0b, 1, live);
    assert.equal(line.far.precisions.at(-1), "relaxed");
  }));
