import { LineError } from "../../src/line/mod.ts";
import { ModbusError, parseRequest, type RequestFrame } from "../../src/modbus/mod.ts";
import { Chance } from "../crash/chance.ts";
import { FakeTimeLine, type TimedScript } from "../support/fake_time_line.ts";
import { FaultyUnits } from "./faulty_units.ts";

/** Result of a run. */
export interface FuzzResult {
  /** Requests on the line, including retries and checks of the line. */
  readonly exchanges: number;
  /** Reads that returned values. */
  readonly values: number;
  /** Reads and writes that failed. */
  readonly failures: number;
  /** Values that belong to another request, as text. */
  readonly wrong: readonly string[];
}

/** The repeated reads: two of each shape, which cannot be distinguished on the wire. */
const reads = [1, 2, 3].flatMap((unit) =>
  [[0x000, 52], [0x100, 52], [0x200, 1], [0x300, 1], [0x400, 4]].map(([address = 0, words = 1]) => ({
    unit,
    address,
    words,
  }))
);

/** Time limit: a line that has not sent all requests by then no longer works. */
const longestMs = 4 * 3_600_000;

/**
 * Runs a line with faulty units in simulated time until the given number of requests is sent. The same seed gives the
 * same run.
 */
export async function fuzzLateAnswers(seed: number, exchanges: number): Promise<FuzzResult> {
  const chance = new Chance(seed);
  const options = {
    baudrate: chance.pick([9600, 115_200]),
    initialTimeoutMs: chance.pick([60, 200]),
    retries: chance.between(0, 2),
  } as const;
  const manners = { timeoutMs: options.initialTimeoutMs, faultPercent: chance.pick([3, 15, 40]) };
  const units = new FaultyUnits(chance, manners);
  const requests: RequestFrame[] = [];
  const script: TimedScript = (hex, send, nth, sleep) => {
    const parsed = parseRequest(Uint8Array.fromHex(hex));
    if (parsed.kind !== "request") throw new Error(`Not a request: ${hex}`);
    requests.push(parsed.request);
    for (const { afterMs, bytes } of units.answer(parsed.request, nth, line.time.mono())) {
      void sleep(afterMs).then(() => send(bytes.toHex()));
    }
  };
  const line = new FakeTimeLine(script, options);
  await line.start();
  const wrong: string[] = [];
  let values = 0;
  let failures = 0;
  let running = reads.length;

  for (const read of reads) void keepReading(read);
  await line.time.advanceUntil(() => running === 0, longestMs, 1000);
  await line.time.run(line.close());
  return { exchanges: requests.length, values, failures, wrong };

  async function keepReading({ unit, address, words }: typeof reads[number]): Promise<void> {
    const how = { priority: "live", attempts: chance.between(1, 3), delayMs: 10 } as const;
    while (requests.length < exchanges) {
      try {
        const bytes = await line.read(unit, address, words, how);
        values++;
        const last = requests.findLastIndex((sent) =>
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
      await line.time.sleep(chance.between(0, 20));
    }
    running--;
  }
}
