import type { Log, LogFields, LogLevel } from "../base/log.ts";
import { logLevels } from "../base/log.ts";
import { timestamp } from "../base/time.ts";
import type { BackgroundStream } from "./background_stream.ts";
import { countText } from "./count_text.ts";
import { LogWriter } from "./log_writer.ts";
import { jsonLine, lines, type SafeText } from "./safe_text.ts";

/** How log lines look. */
export interface LogFormat {
  readonly level: LogLevel;
  readonly format: "text" | "json";
}

/** A log whose lines go out in the background. */
export interface ServiceLog extends Log {
  /** Resolves when all lines are out, or cannot be written in good time. */
  flush(): Promise<void>;
}

/** How long the end of a process waits for a log that is not read. */
const flushMs = 1000;

/** Longest text of a message or of a field; what is cut is counted. */
const mostCharacters = 2000;

/**
 * A log that writes one line for each message at `level` or graver. No text can begin a line of its own or control a
 * terminal.
 *
 * @param write takes whole lines, newline included
 * @param now wall clock in milliseconds
 */
export function lineLog({ level, format }: LogFormat, write: (line: SafeText) => void, now: () => number): Log {
  const most = logLevels.indexOf(level);
  const emit = (kind: LogLevel, message: string, fields: LogFields = {}) => {
    if (logLevels.indexOf(kind) > most) return;
    write(logLine(format, { time: timestamp(now()), level: kind, message: shortened(message) }, fields));
  };
  return {
    error: (message, fields) => emit("error", message, fields),
    warn: (message, fields) => emit("warn", message, fields),
    info: (message, fields) => emit("info", message, fields),
    debug: (message, fields) => emit("debug", message, fields),
  };
}

interface Head {
  readonly time: string;
  readonly level: LogLevel;
  readonly message: string;
}

function logLine(format: LogFormat["format"], head: Head, fields: LogFields): SafeText {
  const shown = Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name, typeof value === "string" ? shortened(value) : value]),
  );
  if (format === "json") return jsonLine({ ...head, ...shown });
  return lines(`${head.time} ${head.level.toUpperCase().padEnd(5)} ${head.message}${suffix(shown)}`);
}

function shortened(text: string): string {
  const left = text.length - mostCharacters;
  return left > 0 ? `${text.slice(0, mostCharacters)}... (${left} more characters)` : text;
}

function suffix(fields: LogFields): string {
  return Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) =>
      ` ${name}=${typeof value === "string" && /[\s"=]/.test(value) ? JSON.stringify(value) : value}`
    )
    .join("");
}

/** The log of a process that runs for long: lines go to `stream` in the background; see {@linkcode LogWriter}. */
export function serviceLog(format: LogFormat, stream: BackgroundStream, now: () => number): ServiceLog {
  const writer = new LogWriter(stream, (lost) =>
    logLine(format.format, {
      time: timestamp(now()),
      level: "error",
      message: `${countText(lost, "log line")} could not be written here and ${lost === 1 ? "is" : "are"} lost`,
    }, {}));
  return { ...lineLog(format, (line) => writer.write(line), now), flush: () => writer.flush(flushMs) };
}
