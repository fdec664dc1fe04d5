import assert from "node:assert/strict";
import { LineError } from "../../src/line/mod.ts";
import { readAnswer } from "../../src/modbus/mod.ts";
import { onFakeTimeLine, type TimedScript } from "../support/fake_time_line.ts";

const live = { priority: "live" } as const;

// Two words at 0000h and at 0010h of unit 1: answers of the same length that cannot be distinguished
const first = { request: "01040000000271cb", answer: "01040409000000f818", bytes: "09000000" };
const second = { request: "010400100002700e", answer: "0104041234567880b0", bytes: "12345678" };

/** Delays of the answers in milliseconds, in order, then 4 for each; undefined: no answer. */
async function exchange(delays: (number | undefined)[], retries = 0): Promise<(string | Error)[]> {
  const script: TimedScript = async (request, send, nth, sleep) => {
    const delay = nth > delays.length ? 4 : delays[nth - 1];
    if (delay === undefined) return;
    await sleep(delay);
    const values = request.startsWith("01040000") ? first.bytes : second.bytes;
    await send(readAnswer(1, 4, Uint8Array.fromHex(values).subarray(0, 2 * wordsOf(request))).toHex());
  };
  const results: (string | Error)[] = [];
  await onFakeTimeLine(script, async (line) => {
    for (const address of [0x00, 0x10, 0x00, 0x10]) {
      results.push(await line.read(1, address, 2, live).then((bytes) => bytes.toHex(), (error: Error) => error));
    }
  }, { retries });
  return results;
}

function wordsOf(request: string): number {
  return parseInt(request.slice(8, 12), 16);
}

/** The first request is lost; then unit 1 needs `slowMs`, and others answer soon. */
function losesOne(slowMs: number): TimedScript {
  return async (request, send, nth, sleep) => {
    if (nth === 1) return;
    await sleep(request.startsWith("01") ? slowMs : 2);
    await send(readAnswer(parseInt(request.slice(0, 2)), 4, new Uint8Array(2 * wordsOf(request))).toHex());
  };
}

function assertNoWrongValue(results: (string | Error)[]): void {
  results.forEach((result, index) => {
    if (typeof result === "string") assert.equal(result, index % 2 === 0 ? first.bytes : second.bytes);
    else assert.ok(result instanceof LineError, String(result));
  });
}

// The timeout of an answer is 61 ms, and a late answer is expected until 121 ms, when the next request is sent
for (const delay of [64, 75, 90, 110, 119, 121, 123, 126, 130, 140, 160, 175, 190, 210]) {
  Deno.test(`Line never uses an answer that arrives after ${delay} ms for the next request`, async () => {
    const results = await exchange([delay, 4, 4, 4]);
    assert.ok(results[0] instanceof LineError);
    assertNoWrongValue(results);
  });
}

Deno.test("Line is in step again after a late answer", async () => {
  assert.deepEqual((await exchange([80, 4, 4, 4])).slice(1), [second.bytes, first.bytes, second.bytes]);
});

Deno.test("Line stays in step when every answer is late", async () => {
  assertNoWrongValue(await exchange([80, 80, 80, 80]));
});

Deno.test("Line stays in step when late and timely answers alternate, with immediate repeats", async () => {
  assertNoWrongValue(await exchange([80, 5, 100, 5, 70, undefined, 5, 5, 5, 5], 2));
});

Deno.test("Line still expects the answer to a request after a damaged answer", async () => {
  // The rest of an older answer arrives after the first request, and its own answer is late; the unit answers in order
  const answeredAt = [100, 110, 120, 130, 140, 150, 160, 170, 180];
  let sinceMs = () => 0;
  const script: TimedScript = async (request, send, nth, sleep) => {
    if (nth === 1) await send("4100002233445566778899");
    await sleep((answeredAt[nth - 1] ?? 0) - sinceMs());
    const values = request.startsWith("01040000") ? first.bytes : second.bytes;
    await send(readAnswer(1, 4, Uint8Array.fromHex(values).subarray(0, 2 * wordsOf(request))).toHex());
  };
  const results: (string | Error)[] = [];
  await onFakeTimeLine(script, async (line) => {
    sinceMs = () => line.time.mono();
    for (const address of [0x00, 0x10, 0x00]) {
      results.push(await line.read(1, address, 2, live).then((bytes) => bytes.toHex(), (error: Error) => error));
    }
  }, { initialTimeoutMs: 90 });
  assert.ok(results[0] instanceof LineError && results[0].code === "crc");
  assertNoWrongValue(results);
});

/** Reads two words repeatedly from a unit whose words are the number of the request; returns wrong values. */
async function readNumbered(answerAfterMs: (nth: number) => number | undefined): Promise<string[]> {
  const script: TimedScript = async (request, send, nth, sleep) => {
    const delay = answerAfterMs(nth);
    if (delay === undefined) return;
    await sleep(delay);
    await send(readAnswer(1, 4, Uint8Array.from({ length: 2 * wordsOf(request) }, () => nth)).toHex());
  };
  const wrong: string[] = [];
  await onFakeTimeLine(script, async (line) => {
    for (let reads = 0; reads < 5; reads++) {
      const bytes = await line.read(1, 0, 2, { ...live, attempts: 2 }).catch(() => undefined);
      const nth = line.far.requests.length;
      if (bytes?.some((byte) => byte !== nth)) wrong.push(`${bytes.toHex()} after request ${nth}`);
    }
  });
  return wrong;
}

for (const delay of [61, 122, 128, 140, 180, 260, 400]) {
  Deno.test(`Line never gets one answer behind a unit that always takes ${delay} ms`, async () => {
    assert.deepEqual(await readNumbered(() => delay), []);
  });

  Deno.test(`Line never uses an answer that is ${delay} ms late for a request without an answer`, async () => {
    assert.deepEqual(await readNumbered((nth) => nth % 2 === 0 ? undefined : delay), []);
  });
}

Deno.test("Line sends a shorter read before it repeats a read without an answer", () =>
  onFakeTimeLine(
    (request, _send, nth) => nth === 1 ? undefined : request === "01040000000131ca" ? "010402000a3937" : second.answer,
    async (line) => {
      await assert.rejects(line.read(1, 0, 2, live), LineError);
      assert.equal((await line.read(1, 0, 2, live)).toHex(), second.bytes);
      assert.equal((await line.read(1, 0, 2, live)).toHex(), second.bytes);
      assert.deepEqual(line.far.requests, [first.request, "01040000000131ca", first.request, first.request]);
    },
  ));

Deno.test("Line continues as soon as the late answer has arrived", () =>
  onFakeTimeLine(async (_request, send, nth, sleep) => {
    if (nth === 1) await sleep(330);
    await send(first.answer);
  }, async (line) => {
    await assert.rejects(line.read(1, 0, 2, live), LineError);
    assert.equal((await line.read(1, 0, 2, live)).toHex(), first.bytes);
    // The timeout of the first read is 302 ms
    const tookMs = line.time.mono() - 330;
    assert.ok(tookMs < 50, `${tookMs} ms after the late answer`);
  }, { initialTimeoutMs: 300 }));

Deno.test("Line serves other units while it waits for a late answer", () =>
  onFakeTimeLine((request) => request.startsWith("02") ? "02040409000000cb18" : undefined, async (line) => {
    await assert.rejects(line.read(1, 0, 2, live), LineError);
    const startMs = line.time.mono();
    const held = line.read(1, 0, 2, { ...live, priority: "transaction" }).catch((error: unknown) => error);
    assert.equal((await line.read(2, 0, 2, live)).toHex(), "09000000");
    const tookMs = line.time.mono() - startMs;
    assert.ok(tookMs < 20, `${tookMs} ms`);
    assert.ok(await held instanceof LineError);
  }, { initialTimeoutMs: 300 }));

Deno.test("Line serves a transaction between the probe and the requested read", () =>
  onFakeTimeLine(losesOne(100), async (line) => {
    await assert.rejects(line.read(1, 0, 2, live), LineError);
    const slow = line.read(1, 0, 2, live);
    while (line.far.requests.length < 2) await line.time.sleep(1);
    await line.read(2, 0, 2, { priority: "transaction" });
    await slow;
    assert.deepEqual(line.far.requests.map((request) => [request.slice(0, 2), wordsOf(request)]), [
      ["01", 2],
      ["01", 1],
      ["02", 2],
      ["01", 2],
    ]);
  }, { initialTimeoutMs: 150 }));

Deno.test("Line cancels a read that is aborted during its probe", () =>
  onFakeTimeLine(losesOne(50), async (line) => {
    await assert.rejects(line.read(1, 0, 2, live), LineError);
    const ending = new AbortController();
    const read = assert.rejects(line.read(1, 0, 2, { ...live, signal: ending.signal }), /enough/);
    while (line.far.requests.length < 2) await line.time.sleep(1);
    ending.abort(new Error("enough"));
    await read;
    await line.read(2, 0, 2, live);
    assert.equal(line.far.requests.length, 3);
  }));

Deno.test("Line does not hold back another function of a unit with a missing answer", () =>
  onFakeTimeLine((request) => request.startsWith("0110") ? "0110704000011add" : undefined, async (line) => {
    await assert.rejects(line.read(1, 0, 2, live), LineError);
    const startMs = line.time.mono();
    await line.write(1, 0x7040, Uint8Array.of(0, 0x42), { priority: "transaction", repeatable: false });
    const tookMs = line.time.mono() - startMs;
    assert.ok(tookMs < 20, `${tookMs} ms`);
  }, { initialTimeoutMs: 300 }));

/** An answer to two words in two pieces: the first in time, the last after the timeout of a first byte. */
function slowly(pauses: (nth: number) => readonly [number, number]): TimedScript {
  return async (_, send, nth, sleep) => {
    const answer = readAnswer(1, 4, new Uint8Array(4)).toHex();
    const [beforeMs, betweenMs] = pauses(nth);
    await sleep(beforeMs);
    await send(answer.slice(0, 8));
    await sleep(betweenMs);
    await send(answer.slice(8));
  };
}

Deno.test("Line reads a unit that is once, or always, as slow as allowed", async () => {
  for (const slow of [1, Infinity]) {
    await onFakeTimeLine(slowly((nth) => nth <= slow ? [95, 95] : [2, 0]), async (line) => {
      for (let nth = 0; nth < 5; nth++) assert.equal((await line.read(1, 0, 2, live)).length, 4);
    }, { initialTimeoutMs: 100, withinMessageTimeoutMs: 100 });
  }
});

Deno.test("Line adds the time of the bytes of an answer to within_message_timeout_ms", () =>
  onFakeTimeLine(async (_, send, _nth, sleep) => {
    const answer = readAnswer(1, 4, new Uint8Array(4)).toHex();
    for (let at = 0; at < answer.length; at += 2) {
      await send(answer.slice(at, at + 2));
      // One character at 300 baud
      await sleep(33);
    }
  }, async (line) => {
    assert.equal((await line.read(1, 0, 2, live)).length, 4);
  }, { baudrate: 300, withinMessageTimeoutMs: 20 }));
