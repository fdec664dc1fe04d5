import { messageText } from "./file_trouble.ts";

/** Severity of a log line, most severe first. */
export const logLevels = ["error", "warn", "info", "debug"] as const;

/** One of {@linkcode logLevels}. */
export type LogLevel = typeof logLevels[number];

/** Named values that go with a log line: `{ line: "rs485-1", unit: 3 }`. */
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

/** Where log lines go. Injected everywhere; only the command line interface knows a real sink. */
export interface Log {
  /** Something is lost or does not work until somebody acts. */
  error(message: string, fields?: LogFields): void;
  /** Something went wrong and mends itself, or was not quite as meant. */
  warn(message: string, fields?: LogFields): void;
  /** What an operator wants to know of a healthy day. */
  info(message: string, fields?: LogFields): void;
  /** What helps to find a mistake. */
  debug(message: string, fields?: LogFields): void;
}

/** A log that keeps nothing. */
export const silentLog: Log = { error() {}, warn() {}, info() {}, debug() {} };

/** A log that adds `fields` to every line of `log`. */
export function withFields(log: Log, fields: LogFields): Log {
  return {
    error: (message, more) => log.error(message, { ...fields, ...more }),
    warn: (message, more) => log.warn(message, { ...fields, ...more }),
    info: (message, more) => log.info(message, { ...fields, ...more }),
    debug: (message, more) => log.debug(message, { ...fields, ...more }),
  };
}

/** The text of anything that was thrown, with those of its causes that it does not tell itself. */
export function errorText(error: unknown): string {
  let text = "";
  for (let next: unknown = error; next !== undefined; next = next instanceof Error ? next.cause : undefined) {
    const message = next instanceof Error ? messageText(next, text) : String(next);
    if (text === "") text = message;
    else if (!text.includes(message)) text += `: ${message}`;
  }
  return text;
}
