import type { Log, LogFields, LogLevel } from "../base/log.ts";
import { logLevels } from "../base/log.ts";
import { timestamp } from "../base/time.ts";

/** How log lines look. */
export interface LogFormat {
  readonly level: LogLevel;
  readonly format: "text" | "json";
}

/**
 * A log that writes one line for each message at `level` or graver.
 *
 * @param write takes whole lines, newline included
 * @param now wall clock in milliseconds
 */
export function lineLog({ level, format }: LogFormat, write: (line: string) => void, now: () => number): Log {
  const most = logLevels.indexOf(level);
  const emit = (kind: LogLevel, message: string, fields: LogFields = {}) => {
    if (logLevels.indexOf(kind) > most) return;
    const time = timestamp(now());
    write(
      (format === "json"
        ? JSON.stringify({ time, level: kind, message, ...fields })
        : `${time} ${kind.toUpperCase().padEnd(5)} ${message}${suffix(fields)}`) + "\n",
    );
  };
  return {
    error: (message, fields) => emit("error", message, fields),
    warn: (message, fields) => emit("warn", message, fields),
    info: (message, fields) => emit("info", message, fields),
    debug: (message, fields) => emit("debug", message, fields),
  };
}

function suffix(fields: LogFields): string {
  return Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) =>
      ` ${name}=${typeof value === "string" && /[\s"=]/.test(value) ? JSON.stringify(value) : value}`
    )
    .join("");
}
