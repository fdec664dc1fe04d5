import type { Log, LogFields, LogLevel } from "./log.ts";
import { hourMs, type Time } from "./time.ts";

/** The most lines about one problem within an hour; more changes are only counted. */
const maxLinesPerHour = 6;

/**
 * Logs a repeated problem: once when it begins, every hour while it lasts with the number of repetitions, and once when
 * it ends. A problem that begins and ends all the time gets a few lines an hour. All other lines are logged as `debug`.
 */
export class ProblemLog {
  readonly #log: Log;
  readonly #time: Pick<Time, "mono">;
  readonly #level: LogLevel;
  /** By text, when the line was written; only the last hour. */
  readonly #loggedAtMs = new Map<string, number>();
  /** Times of all lines of the last hour. */
  #lines: number[] = [];
  #isFailing = false;
  /** Whether the problem was logged. */
  #isKnown = false;
  #unlogged = 0;
  #total = 0;

  /** @param level of the lines about the problem; its end is logged as `info` */
  constructor(log: Log, time: Pick<Time, "mono">, level: LogLevel = "warn") {
    this.#log = log;
    this.#time = time;
    this.#level = level;
  }

  /** Whether the problem lasts: `failed` was called after the last `over`. */
  get isFailing(): boolean {
    return this.#isFailing;
  }

  /** Reports a failure, the first one or a repeated one. */
  failed(message: string, fields: LogFields = {}): void {
    if (!this.#isFailing) {
      this.#isFailing = true;
      this.#isKnown = false;
      this.#total = 0;
      this.#loggedAtMs.clear();
    }
    this.#total++;
    this.#unlogged++;
    const nowMs = this.#time.mono();
    this.#forget(nowMs - hourMs);
    const text = `${message} ${JSON.stringify(fields)}`;
    if (this.#loggedAtMs.has(text) || this.#lines.length >= maxLinesPerHour) {
      this.#log.debug(message, fields);
      return;
    }
    this.#loggedAtMs.set(text, nowMs);
    this.#lines.push(nowMs);
    this.#isKnown = true;
    this.#log[this.#level](message, this.#unlogged > 1 ? { ...fields, times: this.#unlogged } : fields);
    this.#unlogged = 0;
  }

  /** Reports success: logs `message` if the problem was logged. */
  over(message: string, fields: LogFields = {}): void {
    if (!this.#isFailing) return;
    this.#isFailing = false;
    if (!this.#isKnown) return;
    this.#log.info(message, this.#total > 1 ? { ...fields, failed_times: this.#total } : fields);
  }

  #forget(untilMs: number): void {
    for (const [text, atMs] of this.#loggedAtMs) if (atMs <= untilMs) this.#loggedAtMs.delete(text);
    this.#lines = this.#lines.filter((atMs) => atMs > untilMs);
  }
}

/** A {@linkcode ProblemLog} for each of several objects. */
export class ProblemLogs<Key> {
  readonly #make: () => ProblemLog;
  readonly #logs = new Map<Key, ProblemLog>();

  /** See {@linkcode ProblemLog}. */
  constructor(log: Log, time: Pick<Time, "mono">, level?: LogLevel) {
    this.#make = () => new ProblemLog(log, time, level);
  }

  /** The log of one object. */
  of(key: Key): ProblemLog {
    const known = this.#logs.get(key);
    if (known !== undefined) return known;
    const made = this.#make();
    this.#logs.set(key, made);
    return made;
  }
}

/** The most texts that are remembered; a text may contain a number that never repeats. */
const maxTexts = 200;

/**
 * A log for work that is retried: equal lines are written once an hour, with the number of repetitions.
 */
export function withoutRepeats(log: Log, time: Pick<Time, "mono">): Log {
  const problemLogs = new Map<string, ProblemLog>();
  const limited = (level: LogLevel) => (message: string, fields: LogFields = {}) => {
    const text = `${level} ${message} ${JSON.stringify(fields)}`;
    if (problemLogs.size >= maxTexts) problemLogs.clear();
    const problemLog = problemLogs.get(text) ?? new ProblemLog(log, time, level);
    problemLogs.set(text, problemLog);
    problemLog.failed(message, fields);
  };
  return {
    error: limited("error"),
    warn: limited("warn"),
    info: limited("info"),
    debug: (message, fields) => log.debug(message, fields),
  };
}
