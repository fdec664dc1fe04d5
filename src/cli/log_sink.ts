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
  /** Level of the following lines. */
  readonly level: LogLevel;
  /** Their level in the configuration. */
  readonly configuredLevel: LogLevel;
  /** Sets level and format of the following lines, as the configuration has them. */
  use(format: LogFormat): void;
  /** Sets the level of the following lines until the next `use`. A line is written in any case. */
  useLevel(level: LogLevel): void;
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
    if (!isWritten(kind, level)) return;
    write(logLine(format, { time: timestamp(now()), level: kind, message: shortened(message) }, fields));
  };
  return {
    error: (message, fields) => emit("error", message, fields),
    warn: (message, fields) => emit("warn", message, fields),
    info: (message, fields) => emit("info", message, fields),
    debug: (message, fields) => emit("debug", message, fields),
  };
}

function isWritten(kind: LogLevel, level: LogLevel): boolean {
  return logLevels.indexOf(kind) <= logLevels.indexOf(level);
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
  let configured = initial;
  let { level } = initial;
  const writer = new LogWriter(stream, (lost) =>
    logLine(configured.format, {
      time: timestamp(now()),
      level: "error",
      message: `${countText(lost, "log line")} could not be written and ${lost === 1 ? "is" : "are"} lost`,
    }, {}));
  const log = variableLog(() => ({ ...configured, level }), (line) => writer.write(line), now);
  return {
    ...log,
    flush: () => writer.flush(flushMs),
    get level() {
      return level;
    },
    get configuredLevel() {
      return configured.level;
    },
    use: (next) => {
      configured = next;
      level = next.level;
    },
    useLevel: (next) => {
      if (next === level) return;
      const before = level;
      const report = () => log.warn("The log level is changed", { level: next, before, configured: configured.level });
      // A warning is written at one of two different levels
      if (isWritten("warn", before)) report();
      level = next;
      if (!isWritten("warn", before)) report();
    },
  };
}
