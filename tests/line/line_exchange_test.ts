import assert from "node:assert/strict";
import { LineError, type LineErrorCode, type LineOptions } from "../../src/line/mod.ts";
import { ModbusError } from "../../src/modbus/mod.ts";
import { onFakeTimeLine, type TimedScript } from "../support/fake_time_line.ts";

const live = { priority: "live" } as const;

/** A read of two words at 0000h from unit 1, and its answer 0900h 0000h. */
const request = "01040000000271cb";
const answer = "01040409000000f818";

interface Case {
  readonly script: TimedScript;
  readonly more?: Partial<LineOptions>;
}

/** Noise, the echo of the request in two pieces, and the answer. */
function behindEcho(junk: string): TimedScript {
  return async (sent, send, _nth, sleep) => {
    await send(junk);
    await sleep(1);
    await send(sent.slice(0, 6));
    await sleep(1);
    await send(sent.slice(6) + answer);
  };
}

/** Behaviour of the far side; the line still reads 0900h 0000h. */
const reads: Readonly<Record<string, Case>> = {
  "sends function 04 and returns the bytes of the registers": {
    script: () => answer,
  },
  "accepts an answer that arrives one byte at a time": {
    script: async (_, send, _nth, sleep) => {
      for (let at = 0; at < answer.length; at += 2) {
        await send(answer.slice(at, at + 2));
        await sleep(1);
      }
    },
  },
  "skips noise before the answer": {
    script: () => `00ff01 ${answer}`,
  },
  "skips noise that looks like the start of the answer": {
    script: () => `010404 ${answer}`,
  },
  "accepts an answer that arrives some time after turnaround noise of the line": {
    script: async (_, send, _nth, sleep) => {
      await send("01");
      await sleep(40);
      await send(answer);
    },
  },
  "discards the answer of another unit and accepts the expected one after it": {
    script: () => `02040409000000cb18 ${answer}`,
  },
  "skips the echo of the request if the adapter echoes": {
    script: (sent) => sent + answer,
    more: { ignoreEcho: true },
  },
  ...Object.fromEntries(
    ["00", "0104", "01040000000271", "ffffffffffffff00"].map((junk) => [
      `skips noise before the echo: ${junk}`,
      { script: behindEcho(junk), more: { ignoreEcho: true } },
    ]),
  ),
};

for (const [what, { script, more }] of Object.entries(reads)) {
  Deno.test(`Line.read() ${what}`, () =>
    onFakeTimeLine(script, async (line) => {
      assert.equal((await line.read(1, 0, 2, live)).toHex(), "09000000");
      assert.equal(line.far.requests[0], request);
    }, more));
}

interface FailingCase extends Case {
  readonly code: LineErrorCode;
  readonly message: RegExp;
}

const failures: Readonly<Record<string, FailingCase>> = {
  "reports silence as a timeout, with the request, the waiting time and the remedy": {
    script: () => undefined,
    code: "timeout",
    message: /^reading 2 words at 0000h from unit 1 on line rs485-1: no answer within 61 ms; check .*wiring/,
  },
  "reports an incomplete answer as a timeout": {
    script: () => "0104040900",
    code: "timeout",
    message: /stopped after 5 of 9 bytes/,
  },
  "reports an invalid checksum": {
    script: () => "01040409000001f818",
    code: "crc",
    message: /9 bytes without a valid checksum; check the wiring/,
  },
  "reports noise as an invalid checksum, even if it does not end": {
    script: async (_, send) => {
      for (let burst = 0; burst < 12; burst++) await send("aa".repeat(64));
    },
    code: "crc",
    message: /without a valid checksum/,
  },
  "reports the answer of another unit": {
    script: () => "02040409000000cb18",
    code: "unexpected_answer",
    message: /an answer of unit 2/,
  },
  "reports an answer to another function": {
    script: () => "01030409000000f9af",
    code: "unexpected_answer",
    message: /an answer to function 3/,
  },
  "reports an answer with another number of bytes": {
    script: () => "0104020900bf60",
    code: "unexpected_answer",
    message: /2 bytes of values instead of 4/,
  },
  "treats exception 11 of a gateway as a missing answer": {
    script: () => "01840b02c7",
    code: "timeout",
    message: /exception 11, gateway target failed to respond/,
  },
  "reports a damaged echo without an answer": {
    script: (sent) => sent.replace(/^../, "03"),
    code: "unexpected_answer",
    message: /an echo that differs/,
    more: { ignoreEcho: true },
  },
  "reports an incomplete echo": {
    script: (sent) => sent.slice(0, 8),
    code: "timeout",
    message: /no complete echo of the request/,
    more: { ignoreEcho: true },
  },
  "reports an echo that differs from the request": {
    script: () => "01040000000371cb" + answer,
    code: "unexpected_answer",
    message: /echo .* ignore_echo/,
    more: { ignoreEcho: true },
  },
  "reports a missing echo": {
    script: () => undefined,
    code: "timeout",
    message: /ignore_echo/,
    more: { ignoreEcho: true },
  },
};

for (const [what, { script, code, message, more }] of Object.entries(failures)) {
  Deno.test(`Line.read() ${what}`, () =>
    onFakeTimeLine(script, async (line) => {
      await assert.rejects(line.read(1, 0, 2, live), lineError(code, message));
    }, more));
}

Deno.test("Line.read() skips zeros before and after each answer, which some adapters add", () =>
  onFakeTimeLine(async (_, send, _nth, sleep) => {
    await send(`00${answer}`);
    await sleep(1);
    await send("000000");
  }, async (line) => {
    for (let nth = 0; nth < 20; nth++) assert.equal((await line.read(1, 0, 2, live)).toHex(), "09000000");
    assert.deepEqual([line.far.requests.length, line.unitStats(1).errors], [20, 0]);
  }));

Deno.test("Line.read() rejects a refusal with number and meaning of the exception", () =>
  onFakeTimeLine(() => "018402c2c1", async (line) => {
    const options = { ...live, attempts: 3, delayMs: 1 };
    await assert.rejects(line.read(1, 0, 2, options), (error) => {
      assert.ok(error instanceof ModbusError);
      assert.equal(error.exception, 2);
      assert.match(error.message, /^reading 2 words at 0000h from unit 1 .*exception 2, illegal data address/);
      return true;
    });
    assert.equal(line.far.requests.length, 1);
  }));

Deno.test("Line.read() retries a busy device in the next attempt", () =>
  onFakeTimeLine((_request, _send, nth) => nth === 1 ? "018406c302" : answer, async (line) => {
    assert.equal((await line.read(1, 0, 2, { ...live, attempts: 2, delayMs: 1 })).toHex(), "09000000");
    assert.equal(line.far.requests.length, 2);
  }));

Deno.test("Line.write() reports a confirmation of another address or count", async () => {
  for (const wrong of ["0110704100014b1d", "0110704000025adc"]) {
    await onFakeTimeLine(() => wrong, async (line) => {
      const write = line.write(1, 0x7040, Uint8Array.of(0, 0x42), { priority: "transaction", repeatable: true });
      await assert.rejects(write, lineError("unexpected_answer", /^writing 1 word at 7040h to unit 1.*confirmation/));
    });
  }
});

Deno.test("Line.write() rejects a refused write with the number of the exception", () =>
  onFakeTimeLine(() => "0190030c01", async (line) => {
    const write = line.write(1, 0x7040, Uint8Array.of(0, 0x42), { priority: "transaction", repeatable: true });
    await assert.rejects(write, (error) => error instanceof ModbusError && error.exception === 3);
  }));

Deno.test("Line.write() sends a write that must not be repeated only once, with any answer", () =>
  onFakeTimeLine(() => undefined, async (line) => {
    const options = { priority: "transaction", repeatable: false, attempts: 3, delayMs: 1 } as const;
    await assert.rejects(line.write(1, 0x7040, Uint8Array.of(0, 0x42), options), lineError("timeout", /no answer/));
    assert.equal(line.far.requests.length, 1);
  }, { retries: 2 }));

Deno.test("Line.read() repeats a damaged answer at once, `retries` times in each attempt", () =>
  onFakeTimeLine(() => "01040409000001f818", async (line) => {
    const reading = line.read(1, 0, 2, { ...live, attempts: 2, delayMs: 1 });
    await assert.rejects(reading, lineError("crc", /after 6 attempts/));
    assert.equal(line.far.requests.length, 6);
  }, { retries: 2 }));

Deno.test("Line.read() never waits after the last byte of an answer", () =>
  onFakeTimeLine(() => answer, async (line) => {
    const startMs = line.time.mono();
    for (let round = 0; round < 20; round++) await line.read(1, 0, 2, live);
    // Twenty waits of 1000 ms if it waited, or twenty silences on the wire if it does not
    assert.ok(line.time.mono() - startMs < 100);
  }, { withinMessageTimeoutMs: 1000 }));

Deno.test("Line keeps 3.5 characters of silence between two frames", () =>
  onFakeTimeLine(() => answer, async (line) => {
    await line.read(1, 0, 2, live);
    await line.read(1, 0, 2, live);
    const [first = 0, second = 0] = line.far.requestedAt;
    assert.ok(second - first >= 29, `${second - first} ms`);
  }, { baudrate: 1200 }));

Deno.test("Line sends the next request after the silence although noise keeps arriving", () =>
  onFakeTimeLine(async (_request, send, nth, sleep) => {
    await send(answer);
    for (let bytes = 0; nth === 1 && bytes < 100; bytes++) {
      await sleep(10);
      await send("ff");
    }
  }, async (line) => {
    await line.read(1, 0, 2, live);
    await line.read(1, 0, 2, live);
    const [first = 0, second = 0] = line.far.requestedAt;
    assert.ok(second - first < 150, `${second - first} ms`);
  }, { baudrate: 300 }));

Deno.test("LineError reports whether any attempt received a damaged answer", async () => {
  const damaged = (...answers: (string | undefined)[]) => {
    let told: boolean | undefined;
    return onFakeTimeLine((_, _send, nth) => answers[nth - 1], async (line) => {
      const error = await line.read(1, 0, 2, { ...live, attempts: answers.length }).catch((error) => error);
      assert.ok(error instanceof LineError, String(error));
      told = error.damaged;
    }).then(() => told);
  };
  const broken = answer.replace(/18$/, "19");
  assert.equal(await damaged(broken), true);
  assert.equal(await damaged(answer.slice(0, 8)), true, "an answer that broke off");
  assert.equal(await damaged(undefined, broken, undefined), true, "one of three");
  assert.equal(await damaged(undefined, undefined), false);
  assert.equal(await damaged("02040409000000cb18"), false, "an answer of another unit");
});

function lineError(code: LineErrorCode, message: RegExp): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof LineError, String(error));
    assert.equal(error.code, code, error.message);
    assert.match(error.message, message);
    return true;
  };
}

/** Two words at 0000h and at 0010h of unit 1. */
const first = { request: "01040000000271cb", answer: "01040409000000f818", bytes: "09000000" };
const second = { request: "010400100002700e", answer: "0104041234567880b0", bytes: "12345678" };

Deno.test("Line skips zeros before and after each answer, which a turnaround can cause", async () => {
  for (const [before, behind] of [["00", ""], ["000000", ""], ["", "00"], ["", "000000"], ["00", "000000"]] as const) {
    for (const delayMs of [0, 1, 4]) {
      const script: TimedScript = async (request, send, _nth, sleep) => {
        await send(before + (request === first.request ? first : second).answer);
        await sleep(delayMs);
        if (behind !== "") await send(behind);
      };
      await onFakeTimeLine(script, async (line) => {
        for (let count = 0; count < 10; count++) {
          assert.equal((await line.read(1, 0x00, 2, live)).toHex(), first.bytes);
          assert.equal((await line.read(1, 0x10, 2, live)).toHex(), second.bytes);
        }
        assert.deepEqual([line.far.requests.length, line.unitStats(1).errors], [20, 0]);
      });
    }
  }
});
