import assert from "node:assert/strict";
import { type Bus, LineError, type TransferOptions } from "../../src/line/mod.ts";
import { exceptionAnswer, ModbusError, parseRequest, readAnswer, writeAnswer } from "../../src/modbus/mod.ts";
import { FakeBus } from "../support/fake_bus.ts";
import { FakeTime } from "../support/fake_time.ts";
import { FakeTimeLine } from "../support/fake_time_line.ts";

/** Result of an exchange. */
type Answer = "answer" | "timeout" | "crc" | { readonly exception: number };

/** A bus with unit 1; each of its registers contains its own address. */
interface Rig {
  readonly bus: Bus;
  readonly time: FakeTime;
  /** When each exchange went out, monotonic milliseconds. */
  sentAt(): readonly number[];
  unplug(): void;
  plug(): void;
  close(): Promise<void>;
}

/** Determines the result of the nth exchange, from 1. */
type Script = (nth: number) => Answer;

/** Immediate repeats of both buses, and the maximum duration of an exchange. */
const retries = 2;
const longestMs = 100;

const rigs: Readonly<Record<string, (script: Script) => Promise<Rig>>> = { FakeBus: fakeBus, Line: realLine };

function fakeBus(script: Script): Promise<Rig> {
  const time = new FakeTime();
  const bus = new FakeBus(time);
  bus.retries = retries;
  bus.timeoutMs = 60;
  bus.script = (_call, nth) => script(nth);
  for (let address = 0; address < 300; address++) bus.set(address, address.toString(16));
  return Promise.resolve({
    bus,
    time,
    sentAt: () => bus.calls.map(({ atMs }) => atMs),
    unplug: () => bus.unplug(),
    plug: () => bus.plug(),
    close: () => Promise.resolve(),
  });
}

async function realLine(script: Script): Promise<Rig> {
  const line = new FakeTimeLine(
    async (hex, _send, nth, sleep) => {
      const parsed = parseRequest(Uint8Array.fromHex(hex));
      assert.ok(parsed.kind === "request");
      const { unit, function: code, address, count } = parsed.request;
      const answer = script(nth);
      await sleep(10);
      if (answer === "timeout") return;
      if (answer === "crc") return "0104020144b8ff";
      if (answer !== "answer") return exceptionAnswer(unit, code, answer.exception).toHex();
      if (code === 16) return writeAnswer(unit, address, count).toHex();
      const data = new DataView(new ArrayBuffer(2 * count));
      for (let word = 0; word < count; word++) data.setUint16(2 * word, address + word);
      return readAnswer(unit, code, new Uint8Array(data.buffer)).toHex();
    },
    { retries },
  );
  await line.start();
  return {
    bus: line,
    time: line.time,
    sentAt: () => line.far.requestedAt,
    unplug: () => line.far.unplug(),
    plug: () => line.far.plug(),
    close: () => line.time.run(line.close()),
  };
}

/** Runs one test on each kind of bus; the time advances until the test has ended. */
function onEachBus(what: string, script: Script, test: (rig: Rig) => Promise<void>): void {
  for (const [name, make] of Object.entries(rigs)) {
    Deno.test(`${name} ${what}`, async () => {
      const rig = await make(script);
      await rig.time.run(test(rig));
      await rig.close();
    });
  }
}

const live = { priority: "live" } as const;
const always = (answer: Answer): Script => () => answer;
const onceThen = (answer: Answer): Script => (nth) => nth === 1 ? answer : "answer";

function read(bus: Bus, options: Partial<TransferOptions> = {}): Promise<Uint8Array> {
  return bus.read(1, 0x0b, 1, { ...live, ...options });
}

function write(bus: Bus, repeatable: boolean, options: Partial<TransferOptions> = {}): Promise<void> {
  return bus.write(1, 0x40, Uint8Array.of(0, 0x42), { ...live, ...options, repeatable });
}

/** Times between the first exchange and the ones after it. */
function pauses(sentAt: readonly number[]): number[] {
  return sentAt.slice(1).map((atMs, index) => atMs - (sentAt[index] ?? 0));
}

function isRefusal(exception: number): (error: unknown) => boolean {
  return (error) => error instanceof ModbusError && error.exception === exception;
}

function isLineError(code: string): (error: unknown) => boolean {
  return (error) => error instanceof LineError && error.code === code;
}

onEachBus(
  "reads two bytes per register, and splits a read of more than 125 registers",
  always("answer"),
  async (rig) => {
    assert.equal((await read(rig.bus)).toHex(), "000b");
    const long = await rig.bus.read(1, 0, 251, live);
    assert.equal(long.length, 502);
    assert.deepEqual([...long.subarray(-2)], [0, 250]);
    assert.equal(rig.sentAt().length, 1 + 3);
  },
);

onEachBus("splits a write of more than 123 registers", always("answer"), async (rig) => {
  await rig.bus.write(1, 0, new Uint8Array(2 * 124), { ...live, repeatable: true });
  assert.equal(rig.sentAt().length, 2);
});

onEachBus("rejects registers that no request can read or write", always("answer"), async ({ bus, sentAt }) => {
  for (const [unit, address, words] of [[0, 0, 1], [256, 0, 1], [1, -1, 1], [1, 65535, 2], [1, 0, 0], [1, 0.5, 1]]) {
    await assert.rejects(bus.read(unit ?? 0, address ?? 0, words ?? 0, live), RangeError);
  }
  await assert.rejects(bus.write(1, 0, new Uint8Array(3), { ...live, repeatable: true }), RangeError);
  assert.deepEqual(sentAt(), []);
});

for (const exception of [5, 6]) {
  onEachBus(`retries after exception ${exception}, in the next attempt`, onceThen({ exception }), async (rig) => {
    assert.equal((await read(rig.bus, { attempts: 2, delayMs: 500 })).toHex(), "000b");
    const [pauseMs = 0] = pauses(rig.sentAt());
    assert.ok(pauseMs >= 500 && pauseMs < 500 + longestMs, `${pauseMs} ms`);
  });

  onEachBus(`makes no immediate repeat after exception ${exception}`, always({ exception }), async (rig) => {
    await assert.rejects(read(rig.bus), isRefusal(exception));
    assert.equal(rig.sentAt().length, 1);
    await assert.rejects(read(rig.bus, { attempts: 3, delayMs: 1 }), isRefusal(exception));
    assert.equal(rig.sentAt().length, 1 + 3);
  });
}

onEachBus(
  "treats any other refusal as final, unless the options allow a retry",
  always({ exception: 2 }),
  async (rig) => {
    await assert.rejects(read(rig.bus, { attempts: 3, delayMs: 1 }), isRefusal(2));
    assert.equal(rig.sentAt().length, 1);
    await assert.rejects(read(rig.bus, { attempts: 3, delayMs: 1, repeatRefused: true }), isRefusal(2));
    assert.equal(rig.sentAt().length, 1 + 3);
  },
);

for (const exception of [10, 11]) {
  onEachBus(`treats exception ${exception} of a gateway as a missing answer`, always({ exception }), async (rig) => {
    await assert.rejects(read(rig.bus), (error) => {
      assert.ok(error instanceof LineError && isRefusal(exception)(error.cause));
      return error.code === "timeout";
    });
    assert.equal(rig.sentAt().length, 1 + retries);
  });
}

for (const answer of ["timeout", "crc"] as const) {
  onEachBus(`repeats at once after ${answer}, in each attempt`, always(answer), async (rig) => {
    await assert.rejects(read(rig.bus, { attempts: 2, delayMs: 500 }), isLineError(answer));
    const long = pauses(rig.sentAt()).map((ms) => ms >= 500);
    assert.deepEqual(long, [false, false, true, false, false]);
  });

  onEachBus(
    `makes one exchange per attempt after ${answer} if repeats are disabled`,
    always(answer),
    async (rig) => {
      await assert.rejects(read(rig.bus, { attempts: 2, delayMs: 1, immediateRepeats: false }), isLineError(answer));
      assert.equal(rig.sentAt().length, 2);
    },
  );

  onEachBus(`sends a write that must not be repeated only once, also after ${answer}`, always(answer), async (rig) => {
    await assert.rejects(write(rig.bus, false, { attempts: 3, delayMs: 1 }), isLineError(answer));
    assert.equal(rig.sentAt().length, 1);
    await assert.rejects(write(rig.bus, true), isLineError(answer));
    assert.equal(rig.sentAt().length, 1 + 1 + retries);
  });
}

onEachBus("returns the answer to an immediate repeat", onceThen("timeout"), async (rig) => {
  assert.equal((await read(rig.bus)).toHex(), "000b");
});

onEachBus(
  "reports whether one of the attempts received a damaged answer",
  (nth) => nth === 1 ? "crc" : "timeout",
  async (rig) => {
    const error = await read(rig.bus).catch((error) => error);
    assert.ok(error instanceof LineError);
    assert.deepEqual([error.code, error.damaged], ["timeout", true]);
    const later = await read(rig.bus).catch((error) => error);
    assert.deepEqual([later.code, later.damaged], ["timeout", false]);
  },
);

onEachBus(
  "rejects with the reason of the signal if it is aborted before or during the wait",
  always("answer"),
  async (rig) => {
    const ending = new AbortController();
    const reason = new Error("not needed any more");
    const options = { signal: ending.signal };
    const onWire = read(rig.bus, options);
    const waiting = [read(rig.bus, options), write(rig.bus, false, options)];
    while (rig.sentAt().length === 0) await rig.time.sleep(1);
    ending.abort(reason);
    const abortedAt = rig.time.mono();
    for (const work of waiting) await assert.rejects(work, reason);
    assert.equal(rig.time.mono(), abortedAt);
    assert.equal((await onWire).toHex(), "000b", "what is on the wire is finished");
    await assert.rejects(read(rig.bus, options), reason);
    assert.equal(rig.sentAt().length, 1);
  },
);

onEachBus(
  "rejects with the reason of the signal if it is aborted between two attempts",
  always("timeout"),
  async (rig) => {
    const ending = new AbortController();
    const reason = new Error("not needed any more");
    const options = { attempts: 3, delayMs: 60_000, immediateRepeats: false, signal: ending.signal };
    const work = assert.rejects(read(rig.bus, options), reason);
    await rig.time.sleep(10_000);
    ending.abort(reason);
    await work;
    assert.ok(rig.time.mono() < 20_000);
    assert.equal(rig.sentAt().length, 1);
  },
);

onEachBus("fails as closed if it is closed during, before or after the request", always("answer"), async (rig) => {
  const work = [read(rig.bus), read(rig.bus, { attempts: 5 })].map((each) =>
    assert.rejects(each, isLineError("closed"))
  );
  while (rig.sentAt().length === 0) await rig.time.sleep(1);
  rig.unplug();
  await Promise.all(work);
  await assert.rejects(read(rig.bus, { attempts: 5, delayMs: 1 }), isLineError("closed"));
  await assert.rejects(write(rig.bus, true), isLineError("closed"));
  assert.equal(rig.sentAt().length, 1);
});

onEachBus("sends no request of an earlier connection", always("answer"), async (rig) => {
  assert.equal(rig.bus.connection, 1);
  assert.equal(await rig.bus.connected(0), 1);
  const next = rig.bus.connected(1);
  rig.unplug();
  rig.plug();
  assert.equal(await next, 2);
  assert.equal(rig.bus.connection, 2);
  await assert.rejects(read(rig.bus, { connection: 1, attempts: 3 }), isLineError("closed"));
  await assert.rejects(write(rig.bus, true, { connection: 1 }), isLineError("closed"));
  assert.deepEqual(rig.sentAt(), []);
  assert.equal((await read(rig.bus, { connection: 2 })).toHex(), "000b");
});

onEachBus("rejects the wait for a connection with the reason of the signal", always("answer"), async ({ bus }) => {
  const ending = new AbortController();
  const reason = new Error("not needed any more");
  const waiting = bus.connected(1, ending.signal);
  ending.abort(reason);
  await assert.rejects(waiting, reason);
  await assert.rejects(bus.connected(0, ending.signal), reason);
});
