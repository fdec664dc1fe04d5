import type { Log, LogFields, LogLevel } from "./log.ts";
import type { Time } from "./time.ts";

const hourMs = 3_600_000;
/** Lines about one trouble within an hour: whatever comes and goes faster is counted. */
const mostAnHour = 6;

/**
 * Logs a trouble that repeats: once when it begins, each hour while it lasts with the number of times, and once when it
 * is over. A trouble that comes and goes all the time gets a few lines an hour. What is left out is logged as `debug`.
 */
export class TroubleLog {
  readonly #log: Log;
  readonly #time: Pick<Time, "mono">;
  readonly #level: LogLevel;
  /** When lines were written, by what they say; the last hour only. */
  readonly #said = new Map<string, number>();
  /** Times of all lines of the last hour. */
  #lines: number[] = [];
  #isFailing = false;
  /** Whether it was logged. */
  #isKnown = false;
  #unsaid = 0;
  #total = 0;

  /** @param level of the lines about the trouble; its end is `info` */
  constructor(log: Log, time: Pick<Time, "mono">, level: LogLevel = "warn") {
    this.#log = log;
    this.#time = time;
    this.#level = level;
  }

  /** Whether it has failed since it was over last. */
  get isFailing(): boolean {
    return this.#isFailing;
  }

  /** It failed, once more or in another way: `message` and `fields` say how. */
  failed(message: string, fields: LogFields = {}): void {
    if (!this.#isFailing) {
      this.#isFailing = true;
      this.#isKnown = false;
      this.#total = 0;
      this.#said.clear();
    }
    this.#total++;
    this.#unsaid++;
    const nowMs = this.#time.mono();
    this.#forget(nowMs - hourMs);
    const text = `${message} ${JSON.stringify(fields)}`;
    if (this.#said.has(text) || this.#lines.length >= mostAnHour) {
      this.#log.debug(message, fields);
      return;
    }
    this.#said.set(text, nowMs);
    this.#lines.push(nowMs);
    this.#isKnown = true;
    this.#log[this.#level](message, this.#unsaid > 1 ? { ...fields, times: this.#unsaid } : fields);
    this.#unsaid = 0;
  }

  /** It works: logs `message` if the trouble was logged. */
  over(message: string, fields: LogFields = {}): void {
    if (!this.#isFailing) return;
    this.#isFailing = false;
    if (!this.#isKnown) return;
    this.#log.info(message, this.#total > 1 ? { ...fields, failed_times: this.#total } : fields);
  }

  #forget(untilMs: number): void {
    for (const [text, saidMs] of this.#said) if (saidMs <= untilMs) this.#said.delete(text);
    this.#lines = this.#lines.filter((saidMs) => saidMs > untilMs);
  }
}

/** Troubles of several things, each on its own. */
export class TroubleLogs<Key> {
  readonly #make: () => TroubleLog;
  readonly #logs = new Map<Key, TroubleLog>();

  /** See {@linkcode TroubleLog}. */
  constructor(log: Log, time: Pick<Time, "mono">, level?: LogLevel) {
    this.#make = () => new TroubleLog(log, time, level);
  }

  /** The trouble of one thing. */
  of(key: Key): TroubleLog {
    const known = this.#logs.get(key);
    if (known !== undefined) return known;
    const made = this.#make();
    this.#logs.set(key, made);
    return made;
  }
}

/** Different lines that are remembered; texts may hold numbers that never come again. */
const mostTexts = 200;

/**
 * A log for work that is tried again and again: lines that are equal are written once an hour, with the number of times.
 */
export function calmLog(log: Log, time: Pick<Time, "mono">): Log {
  const troubles = new Map<string, TroubleLog>();
  const calm = (level: LogLevel) => (message: string, fields: LogFields = {}) => {
    const text = `${level} ${message} ${JSON.stringify(fields)}`;
    if (troubles.size >= mostTexts) troubles.clear();
    const trouble = troubles.get(text) ?? new TroubleLog(log, time, level);
    troubles.set(text, trouble);
    trouble.failed(message, fields);
  };
  return {
    error: calm("error"),
    warn: calm("warn"),
    info: calm("info"),
    debug: (message, fields) => log.debug(message, fields),
  };
}
