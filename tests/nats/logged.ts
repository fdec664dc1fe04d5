import type { Log, LogFields, LogLevel } from "../../src/base/log.ts";

/** A log that stores its lines; a test can wait for one. */
export class Logged implements Log {
  readonly lines: { readonly level: LogLevel; readonly text: string }[] = [];
  #waiting: { readonly pattern: RegExp; readonly resolve: () => void }[] = [];

  error(message: string, fields?: LogFields): void {
    this.#add("error", message, fields);
  }
  warn(message: string, fields?: LogFields): void {
    this.#add("warn", message, fields);
  }
  info(message: string, fields?: LogFields): void {
    this.#add("info", message, fields);
  }
  debug(message: string, fields?: LogFields): void {
    this.#add("debug", message, fields);
  }

  /** Number of lines that match. */
  count(pattern: RegExp): number {
    return this.lines.filter(({ text }) => pattern.test(text)).length;
  }

  /** Resolves when a line matches; at once if one has already been written. */
  seen(pattern: RegExp): Promise<void> {
    return this.count(pattern) > 0 ? Promise.resolve() : this.next(pattern);
  }

  /** Resolves when the next matching line is written. */
  next(pattern: RegExp): Promise<void> {
    return new Promise((resolve) => this.#waiting.push({ pattern, resolve }));
  }

  #add(level: LogLevel, message: string, fields: LogFields = {}): void {
    const text = `${level} ${message} ${JSON.stringify(fields)}`;
    this.lines.push({ level, text });
    const hit = this.#waiting.filter(({ pattern }) => pattern.test(text));
    this.#waiting = this.#waiting.filter((waiter) => !hit.includes(waiter));
    for (const { resolve } of hit) resolve();
  }
}
