import { type Log, silentLog } from "../../src/base/log.ts";
import { sessionOver } from "../../src/line/line_session.ts";
import { Line, type LineOptions } from "../../src/line/mod.ts";
import { ModbusClient } from "../../src/line/modbus_client.ts";
import { FakeTime } from "./fake_time.ts";
import type { Script } from "./scripted_line.ts";
import { ScriptedStream } from "./scripted_stream.ts";

/** A {@linkcode Script} that uses the time of the line. */
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

/** A line with a scripted stream and fake time: durations depend only on the script, not on the machine. */
export class FakeTimeLine extends Line {
  readonly time: FakeTime;
  readonly far: ScriptedStream;

  /** @param log log of the line */
  constructor(
    script: TimedScript,
    more: Partial<LineOptions> = {},
    time: FakeTime = new FakeTime(),
    log: Log = silentLog,
  ) {
    const timed: Script = (request, send, nth) => script(request, send, nth, (ms) => time.sleep(ms));
    const far = new ScriptedStream(timed, time);
    super({ ...usual, ...more }, {
      time,
      log,
      open: async (options, { late }) => {
        await far.open();
        return sessionOver(far, (port) => new ModbusClient(port), options, time, late);
      },
    });
    this.time = time;
    this.far = far;
  }
}

/** Runs a test with such a line, open; the time advances until the test and its line have ended. */
export async function onFakeTimeLine(
  script: TimedScript,
  test: (line: FakeTimeLine) => Promise<void>,
  more: Partial<LineOptions> = {},
): Promise<void> {
  const line = new FakeTimeLine(script, more);
  await line.start();
  await line.time.run(test(line).finally(() => line.close()));
}
