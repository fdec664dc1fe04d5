import assert from "node:assert/strict";
import { Line, type LineOptions } from "../../src/line/mod.ts";
import type { ExchangePort } from "../../src/line/exchange_port.ts";
import { sessionOver } from "../../src/line/line_session.ts";
import { LoopProgress } from "../../src/line/loop_progress.ts";
import { ModbusClient } from "../../src/line/modbus_client.ts";
import { FakeTime } from "../support/fake_time.ts";
import { FakeTimeLine, type TimedScript } from "../support/fake_time_line.ts";
import { ScriptedStream } from "../support/scripted_stream.ts";

const answer = "0104020144b893";
const lineOptions: LineOptions = {
  name: "rs485-1",
  endpoint: { kind: "serial", path: "(scripted)" },
  baudrate: 9600,
  parity: "none",
  stopBits: 1,
  rtscts: false,
  ignoreEcho: false,
  initialTimeoutMs: 500,
  withinMessageTimeoutMs: 100,
  retries: 0,
};
const live = { priority: "live" } as const;

/** Checks a line every 5 s, as the watchdog does. @returns what the checks found */
async function checks(line: FakeTimeLine, seconds: number): Promise<(string | undefined)[]> {
  const found = [];
  for (let passed = 0; passed < seconds; passed += 5) {
    found.push(line.checkProgress());
    await line.time.advance(5000);
  }
  return found;
}

async function openLine(script: TimedScript, more: Partial<LineOptions> = {}): Promise<FakeTimeLine> {
  const line = new FakeTimeLine(script, more);
  await line.time.run(line.start());
  return line;
}

async function closeLine(line: FakeTimeLine): Promise<void> {
  await line.time.run(line.close());
}

const healthy = (found: readonly (string | undefined)[]) => found.every((problem) => problem === undefined);

Deno.test("an idle line turns, also after a long time", async () => {
  const line = await openLine(() => answer);
  assert.ok(healthy(await checks(line, 60)));
  assert.equal((await line.time.run(line.read(1, 0x0b, 1, live))).toHex(), "0144");
  assert.ok(healthy(await checks(line, 60)));
  await closeLine(line);
  assert.ok(healthy(await checks(line, 60)));
});

Deno.test("a line without its device turns, and so does one whose device returns", async () => {
  const line = await openLine(() => answer);
  line.far.unplug();
  assert.ok(healthy(await checks(line, 120)));
  line.far.plug();
  assert.ok(healthy(await checks(line, 60)));
  assert.equal(line.state, "open");
  await closeLine(line);
});

Deno.test("a line that waits for a slow meter or for none turns", async () => {
  const silent: TimedScript = () => undefined;
  const slow: TimedScript = async (_request, send, _nth, sleep) => {
    await sleep(9500);
    await send(answer);
  };
  const byteByByte: TimedScript = async (_request, send, _nth, sleep) => {
    for (const byte of answer.match(/../g) ?? []) {
      await sleep(990);
      await send(byte);
    }
  };
  for (const [script, initialTimeoutMs] of [[silent, 10_000], [slow, 10_000], [byteByByte, 1000]] as const) {
    const line = await openLine(script, { initialTimeoutMs, withinMessageTimeoutMs: 1000 });
    const reading = Promise.allSettled([line.read(1, 0x0b, 1, live)]);
    assert.ok(healthy(await checks(line, 120)));
    await line.time.run(reading);
    await closeLine(line);
  }
});

/** A client whose exchanges do not end. */
class LostClient extends ModbusClient {
  override exchange(): Promise<never> {
    return new Promise(() => {});
  }
}

/** An open line over a scripted stream with such a client. */
async function lineWith(
  far: ScriptedStream,
  time: FakeTime,
  clientOver = (port: ExchangePort) => new ModbusClient(port),
) {
  const line = new Line(lineOptions, {
    time,
    open: async (options, { late }) => {
      await far.open();
      return sessionOver(far, clientOver, options, time, late);
    },
  });
  await line.start();
  return line;
}

Deno.test("a loop that waits for an answer for longer than an exchange can last does not turn", async () => {
  const time = new FakeTime();
  const line = await lineWith(new ScriptedStream(() => answer, time), time, (port) => new LostClient(port));
  void line.read(3, 0x0b, 1, live);
  await time.advance(2000);
  assert.equal(line.checkProgress(), undefined);
  await time.advance(3000);
  assert.equal(line.checkProgress(), "waits for an answer of unit 3 for 5 s");
});

Deno.test("a device that never opens, and one that never closes, do not turn after a minute", async () => {
  const time = new FakeTime();
  const opening = new Line(lineOptions, { time, open: () => new Promise(() => {}) });
  void opening.start();
  const far = new ScriptedStream(() => answer, time);
  const closing = await lineWith(far, time);
  far.unplug();
  far.close = () => new Promise(() => {});
  await time.advance(60_000);
  assert.deepEqual([opening.checkProgress(), closing.checkProgress()], [undefined, undefined]);
  await time.advance(5000);
  assert.equal(opening.checkProgress(), "opens its device for 65 s");
  assert.equal(closing.checkProgress(), "closes its device for 65 s");
});

Deno.test("an idle loop does not turn if it does not wake at a check", async () => {
  const time = new FakeTime();
  const progress = new LoopProgress(time);
  let wakes = 0;
  progress.idles(() => void wakes++);
  await time.advance(60_000);
  assert.equal(progress.check(), undefined);
  assert.equal(wakes, 1);
  await time.advance(5000);
  assert.equal(progress.check(), "does not wake for 65 s");
});
