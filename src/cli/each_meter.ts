import type { Line } from "../line/mod.ts";
import { errorText } from "../base/log.ts";
import type { LineSettings, MeterSettings } from "../config/mod.ts";
import { exitCode, type Io } from "./io.ts";
import { lines } from "./safe_text.ts";

/** What came of reading the meters of a line. */
export interface LineResult {
  /** 0 all were read, 1 a meter gave no usable answer, 3 the device cannot be opened. */
  readonly code: number;
  /** Whether nothing of any meter was read. */
  readonly nothing: boolean;
}

/** What came of one meter. */
export interface MeterResult {
  /** Whether anything of it was read. */
  readonly isHeard: boolean;
  /** Whether all of it was read. */
  readonly isRead: boolean;
}

/** Opens a line, reads its meters one after the other until it is interrupted, and closes the line. */
export async function eachMeter(
  line: Line,
  { name, meters }: LineSettings,
  io: Pick<Io, "err" | "interrupted">,
  read: (meter: MeterSettings) => Promise<MeterResult>,
): Promise<LineResult> {
  try {
    const failure = await line.start();
    if (failure !== undefined) {
      io.err(lines(`cannot open line ${name}: ${errorText(failure)}`));
      return { code: exitCode.unreachable, nothing: true };
    }
    let code: number = exitCode.done;
    let nothing = true;
    for (const meter of meters) {
      if (io.interrupted.aborted) break;
      const { isHeard, isRead } = await read(meter);
      if (isHeard) nothing = false;
      if (!isRead) code = exitCode.failed;
    }
    return { code, nothing };
  } finally {
    await line.close();
  }
}
