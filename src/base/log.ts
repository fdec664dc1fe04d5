import { messageText } from "./file_problem.ts";

/** Severity of a log line, most severe first. */
export const logLevels = ["error", "warn", "info", "debug"] as const;

/** One of {@linkcode logLevels}. */
export type LogLevel = typeof logLevels[number];

/** Named values of a log line: `{ line: "rs485-1", unit: 3 }`. */
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

/** A log. It is injected everywhere; only the command line interface has a real sink. */
export interface Log {
  /** Data is lost, or something does not work until the operator acts. */
  error(message: string, fields?: LogFields): void;
  /** Something failed and recovers automatically, or is not as intended. */
  warn(message: string, fields?: LogFields): void;
  /** Normal events that an operator wants to see. */
  info(message: string, fields?: LogFields): void;
  /** Details for finding an error. */
  debug(message: string, fields?: LogFields): void;
}

/** A log that discards all lines. */
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

/** The text of a thrown value, with the messages of its causes that the text does not include yet. */
export function errorText(error: unknown): string {
  let text = "";
  for (let next: unknown = error; next !== undefined; next = next instanceof Error ? next.cause : undefined) {
    const message = next instanceof Error ? messageText(next, text) : String(next);
    if (text === "") text = message;
    else if (!text.includes(message)) text += `: ${message}`;
  }
  return text;
}
