import type { TransferOptions } from "../../bridge/bus.ts";
import { LineLoop } from "../../bridge/line_loop.ts";
import type { ModbusClient } from "../../bridge/modbus_client.ts";
import { lateAnswersOf, type LineSession, sessionOver } from "../../bridge/line_session.ts";
import { transfer } from "../../bridge/line_transfer.ts";
import type { LineOptions } from "../../bridge/mod.ts";
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
export class FakeTimeLine {
  readonly time: FakeTime = new FakeTime();
  readonly loop: LineLoop;
  readonly far: ScriptedStream;
  readonly #options: LineOptions;
  readonly #session: LineSession;
  readonly #ended: Promise<unknown>;

  constructor(script: TimedScript, more: Partial<LineOptions> = {}) {
    const { time } = this;
    this.#options = { ...usual, ...more };
    this.loop = new LineLoop(this.#options, time);
    const timed: Script = (request, send, nth) => script(request, send, nth, (ms) => time.sleep(ms));
    this.far = new ScriptedStream(timed, time);
    this.#session = sessionOver(this.far, this.#options, time, lateAnswersOf(this.#options));
    this.#ended = this.loop.run(this.#session);
  }

  /** Reads up to 125 words. */
  read(unit: number, address: number, words: number, options: TransferOptions): Promise<Uint8Array> {
    return this.#transfer(4, unit, address, words, true, options, (client) => client.read(unit, address, words));
  }

  /** Writes up to 123 words. */
  async write(
    unit: number,
    address: number,
    bytes: Uint8Array,
    options: TransferOptions & { readonly repeatable: boolean },
  ): Promise<void> {
    const run = (client: ModbusClient) => client.write(unit, address, bytes);
    await this.#transfer(16, unit, address, bytes.length / 2, options.repeatable, options, run);
  }

  /** Finishes the exchange in flight and settles what waits as closed. */
  async close(): Promise<void> {
    this.loop.refuse(undefined);
    this.loop.stop();
    await this.#ended;
    await new Promise((closed) => this.#session.port.close(closed));
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
