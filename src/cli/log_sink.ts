import type { Log, LogFields, LogLevel } from "../base/log.ts";
import { logLevels } from "../base/log.ts";
import { countText } from "../base/text.ts";
import { timestamp } from "../base/time.ts";
import type { BackgroundStream } from "./background_stream.ts";
import { LogWriter } from "./log_writer.ts";
import { jsonLine, lines, type SafeText } from "./safe_text.ts";

/** Level and format of the log. */
export interface LogFormat {
  readonly level: LogLevel;
  readonly format: "text" | "json";
}

/** A log that writes its lines in the background. */
export interface ServiceLog extends Log {
  /** Sets level and format of the following lines. */
  use(format: LogFormat): void;
  /** Resolves when all lines are written, or after a time limit. */
  flush(): Promise<void>;
}

/** How long the process waits at its end for a log that is not read. */
const flushMs = 1000;

/** Maximum length of a message or a field. The number of removed characters is appended. */
const maxCharacters = 2000;

/**
 * Creates a log that writes one line for each message at `level` or more severe. Texts are escaped: they cannot start a
 * new line or control a terminal.
 *
 * @param write receives complete lines with their newline
 * @param now wall clock in milliseconds
 */
export function lineLog(format: LogFormat, write: (line: SafeText) => void, now: () => number): Log {
  return variableLog(() => format, write, now);
}

/** Like `lineLog`, with a format that may be another one for each line. */
function variableLog(current: () => LogFormat, write: (line: SafeText) => void, now: () => number): Log {
  const emit = (kind: LogLevel, message: string, fields: LogFields = {}) => {
    const { level, format } = current();
    if (logLevels.indexOf(kind) > logLevels.indexOf(level)) return;
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
  const left = text.length - maxCharacters;
  return left > 0 ? `${text.slice(0, maxCharacters)}... (${left} more characters)` : text;
}

function suffix(fields: LogFields): string {
  return Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) =>
      ` ${name}=${typeof value === "string" && /[\s"=]/.test(value) ? JSON.stringify(value) : value}`
    )
    .join("");
}

/** The log of a long-running process. It writes to `stream` in the background; see {@linkcode LogWriter}. */
export function serviceLog(initial: LogFormat, stream: BackgroundStream, now: () => number): ServiceLog {
  let format = initial;
  const writer = new LogWriter(stream, (lost) =>
    logLine(format.format, {
      time: timestamp(now()),
      level: "error",
      message: `${countText(lost, "log line")} could not be written and ${lost === 1 ? "is" : "are"} lost`,
    }, {}));
  return {
    ...variableLog(() => format, (line) => writer.write(line), now),
    flush: () => writer.flush(flushMs),
    use: (next) => void (format = next),
  };
}
