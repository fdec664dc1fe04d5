import { LineLoop } from "../../bridge/line_loop.ts";
import { lateAnswersOf, sessionOver } from "../../bridge/line_session.ts";
import { transfer } from "../../bridge/line_transfer.ts";
import { LineError, type LineOptions, ModbusError } from "../../bridge/mod.ts";
import { Chance } from "../crash/chance.ts";
import { FakeTime } from "../support/fake_time.ts";
import { FaultyUnits } from "./faulty_units.ts";
import { FuzzedStream } from "./fuzzed_stream.ts";

/** What a run saw. */
export interface FuzzResult {
  /** Requests on the line, with repeats and with what the line asks to be sure. */
  readonly exchanges: number;
  /** Reads that gave values. */
  readonly values: number;
  /** Reads and writes that failed. */
  readonly failures: number;
  /** Values that belong to another request, in words. */
  readonly wrong: readonly string[];
}

/** What is read over and over: two of each shape, which nothing on the wire tells apart. */
const reads = [1, 2, 3].flatMap((unit) =>
  [[0x000, 52], [0x100, 52], [0x200, 1], [0x300, 1], [0x400, 4]].map(([address = 0, words = 1]) => ({
    unit,
    address,
    words,
  }))
);

/** Runs a line against faulty units, in a time of its own, until so many requests went out. The same seed, the same run. */
export async function fuzzLateAnswers(seed: number, exchanges: number): Promise<FuzzResult> {
  const chance = new Chance(seed);
  const time = new FakeTime();
  const options: LineOptions = {
    name: "fuzz",
    endpoint: { kind: "serial", path: "(fuzzed)" },
    baudrate: chance.pick([9600, 115_200]),
    parity: "none",
    stopBits: 1,
    rtscts: false,
    ignoreEcho: false,
    initialTimeoutMs: chance.pick([60, 200]),
    withinMessageTimeoutMs: 25,
    retries: chance.between(0, 2),
  };
  const manners = { timeoutMs: options.initialTimeoutMs, faultPercent: chance.pick([3, 15, 40]) };
  const stream = new FuzzedStream(new FaultyUnits(chance, manners), time);
  const loop = new LineLoop(options, time);
  const session = sessionOver(stream, options, time, lateAnswersOf(options));
  const ended = loop.run(session);
  const wrong: string[] = [];
  let values = 0;
  let failures = 0;
  let running = reads.length;

  for (const read of reads) void keepReading(read);
  await time.advanceUntil(() => running === 0, Infinity, 1000);
  loop.stop();
  await time.advance(1000);
  await ended;
  await new Promise((closed) => session.port.close(closed));
  return { exchanges: stream.requests.length, values, failures, wrong };

  async function keepReading({ unit, address, words }: typeof reads[number]): Promise<void> {
    const how = { priority: "live", attempts: chance.between(1, 3), delayMs: 10 } as const;
    const request = { line: options.name, unit, code: 4, address, words } as const;
    while (stream.requests.length < exchanges) {
      try {
        const work = {
          request,
          repeatable: true,
          run: (client: typeof session.client) => client.read(unit, address, words),
        };
        const bytes = await transfer(loop, work, how, options, time);
        values++;
        const last = stream.requests.findLastIndex((sent) =>
          sent.unit === unit && sent.address === address && sent.count === words
        ) + 1;
        const nth = new DataView(bytes.buffer, bytes.byteOffset).getUint16(0);
        if (nth !== (last & 0xffff)) {
          wrong.push(
            `unit ${unit}, ${words} words at ${address.toString(16)}h: request ${last} got the answer to ${nth}`,
          );
        }
      } catch (error) {
        if (!(error instanceof LineError || error instanceof ModbusError)) throw error;
        failures++;
      }
      await time.sleep(chance.between(0, 20));
    }
    running--;
  }
}
