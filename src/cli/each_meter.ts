import type { Line } from "../line/mod.ts";
import { errorText } from "../base/log.ts";
import type { LineSettings, MeterSettings } from "../config/mod.ts";
import { exitCode, type Io } from "./io.ts";
import { lines } from "./safe_text.ts";

/** Result of reading the meters of a line. */
export interface LineResult {
  /** 0 all meters were read, 1 a meter gave no usable answer, 3 the device cannot be opened. */
  readonly code: number;
  /** Whether no meter returned any value. */
  readonly nothing: boolean;
}

/** Result of reading one meter. */
export interface MeterResult {
  /** Whether the meter returned any value. */
  readonly hasAnswered: boolean;
  /** Whether all values were read. */
  readonly isComplete: boolean;
}

/** Opens a line, reads its meters one after another until it is interrupted, and closes the line. */
export async function eachMeter(
  line: Line,
  { name, meters }: LineSettings,
  io: Pick<Io, "err" | "interrupted">,
  read: (meter: MeterSettings) => Promise<MeterResult>,
): Promise<LineResult> {
  try {
    const failure = await line.start();
    if (failure !== undefined) {
      io.err(lines(`Cannot open line ${name}: ${errorText(failure)}`));
      return { code: exitCode.unreachable, nothing: true };
    }
    let code: number = exitCode.done;
    let nothing = true;
    for (const meter of meters) {
      if (io.interrupted.aborted) break;
      const { hasAnswered, isComplete } = await read(meter);
      if (hasAnswered) nothing = false;
      if (!isComplete) code = exitCode.failed;
    }
    return { code, nothing };
  } finally {
    await line.close();
  }
}
