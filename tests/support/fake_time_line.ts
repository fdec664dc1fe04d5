import type { Bus, TransferOptions } from "../../src/line/bus.ts";
import type { ExchangeStats } from "../../src/line/exchange_stats.ts";
import { LineLoop } from "../../src/line/line_loop.ts";
import { ModbusClient } from "../../src/line/modbus_client.ts";
import { lateAnswersOf, sessionOver } from "../../src/line/line_session.ts";
import { transfer } from "../../src/line/line_transfer.ts";
import type { LineOptions } from "../../src/line/mod.ts";
import { readCostMs, usualTurnaroundMs } from "../../src/line/timing.ts";
import { FakeTime } from "./fake_time.ts";
import type { Script } from "./scripted_line.ts";
import { ScriptedStream } from "./scripted_stream.ts";

/** A {@linkcode Script} that waits in the line's own time. */
export type TimedScript = (
  request: string,
  send: (hex: string) => Promise<void>,
  nth: number,
  sleep: (ms: number) => Promise<void>,
) => unknown;

/** Registers that one request holds. */
const [mostRead, mostWritten] = [125, 123];

const usual: LineOptions = {
  name: "rs485-1",
  endpoint: { kind: "serial", path: "(scripted)" },
  baudrate: 115200,
  parity: "none",
  stopBits: 1,
  rtscts: false,
  ignoreEcho: false,
  initialTimeoutMs: 60,
  withinMessageTimeoutMs: 25,
  retries: 0,
};

/** A line over a scripted stream, in a time of its own: everything takes as long as the script says, on any machine. */
export class FakeTimeLine implements Bus {
  readonly time: FakeTime;
  readonly loop: LineLoop;
  readonly far: ScriptedStream;
  readonly #options: LineOptions;
  readonly #life: Promise<void>;
  #closed = false;

  constructor(script: TimedScript, more: Partial<LineOptions> = {}, time: FakeTime = new FakeTime()) {
    this.time = time;
    this.#options = { ...usual, ...more };
    this.loop = new LineLoop(this.#options, time);
    const timed: Script = (request, send, nth) => script(request, send, nth, (ms) => time.sleep(ms));
    this.far = new ScriptedStream(timed, time);
    this.#life = this.#live();
  }

  get connection(): number {
    return this.loop.connection;
  }

  connected(after: number, signal?: AbortSignal): Promise<number> {
    return this.loop.connected(after, signal);
  }

  unitStats(unit: number): ExchangeStats {
    return this.loop.unitStats(unit);
  }

  unitTimeouts(unit: number): number {
    return this.loop.unitTimeouts(unit);
  }

  readCostMs(unit: number, words: number): number {
    return readCostMs(this.#options, words, this.loop.turnaroundMs(unit) ?? usualTurnaroundMs);
  }

  /** Reads; more than 125 words take several requests, as on a line. */
  async read(unit: number, address: number, words: number, options: TransferOptions): Promise<Uint8Array> {
    const all = new Uint8Array(words * 2);
    for (let done = 0; done < words; done += mostRead) {
      const [at, count] = [address + done, Math.min(mostRead, words - done)];
      const run = (client: ModbusClient) => client.read(unit, at, count);
      all.set(await this.#transfer(4, unit, at, count, true, options, run), done * 2);
    }
    return all;
  }

  /** Writes; more than 123 words take several requests, as on a line. */
  async write(
    unit: number,
    address: number,
    bytes: Uint8Array,
    options: TransferOptions & { readonly repeatable: boolean },
  ): Promise<void> {
    for (let done = 0; done < bytes.length; done += 2 * mostWritten) {
      const part = bytes.slice(done, done + 2 * mostWritten);
      const at = address + done / 2;
      const run = (client: ModbusClient) => client.write(unit, at, part);
      await this.#transfer(16, unit, at, part.length / 2, options.repeatable, options, run);
    }
  }

  /** Finishes the exchange in flight and settles what waits as closed. */
  async close(): Promise<void> {
    this.#closed = true;
    this.loop.refuse(undefined);
    this.loop.stop();
    await this.#life;
  }

  /** As a line does: what is given up is opened again. */
  async #live(): Promise<void> {
    const late = lateAnswersOf(this.#options);
    while (!this.#closed) {
      const session = sessionOver(this.far, (port) => new ModbusClient(port), this.#options, this.time, late);
      const why = await this.loop.run(session);
      await new Promise((closed) => session.port.close(closed));
      if (this.#closed) return;
      this.loop.refuse(why);
      await this.time.sleep(100);
      this.far.reopen();
    }
  }

  #transfer(
    code: 4 | 16,
    unit: number,
    address: number,
    words: number,
    repeatable: boolean,
    options: TransferOptions,
    run: (client: ModbusClient) => ReturnType<ModbusClient["read"]>,
  ): Promise<Uint8Array> {
    const request = { line: this.#options.name, unit, code, address, words };
    return transfer(this.loop, { request, repeatable, run }, options, this.#options, this.time);
  }
}

/** Runs a test on such a line; the time goes on until the test and its line have ended. */
export async function onFakeTimeLine(
  script: TimedScript,
  test: (line: FakeTimeLine) => Promise<void>,
  more: Partial<LineOptions> = {},
): Promise<void> {
  const line = new FakeTimeLine(script, more);
  await line.time.run(test(line).finally(() => line.close()));
}
