import { systemTime } from "../base/time.ts";
import type { BackgroundStream } from "./background_stream.ts";
import { readBytes } from "./read_bytes.ts";
import { type HeldTerminal, holdTerminal, type TerminalHolder } from "./held_terminal.ts";
import type { SafeText } from "./safe_text.ts";
import { ProcessOutput } from "./process_output.ts";

/** The parts of the process that a command uses. */
export interface Io {
  /** Writes to standard output; waits for its reader. @throws {OutputError} it cannot be written, or its reader is gone */
  out(text: SafeText): void;
  /** Writes to standard error; waits for its reader. Text that cannot be written is lost; the exit code is not 0 then. */
  err(text: SafeText): void;
  /** Both streams for a service: a slow reader does not block it, and a reader that is gone does not end it. */
  readonly background: { readonly out: BackgroundStream; readonly err: BackgroundStream };
  env(name: string): string | undefined;
  /** Whether standard output is a terminal. */
  readonly isTerminal: boolean;
  /** Whether standard error is a terminal. */
  readonly errIsTerminal: boolean;
  /** Size of the terminal, 0 if the terminal does not know it; undefined if there is no terminal. */
  terminalSize(): { readonly rows: number; readonly columns: number } | undefined;
  /** See {@linkcode holdTerminal}. */
  holdTerminal(holder: TerminalHolder): HeldTerminal;
  /** Reads all of standard input. @throws {RangeError} it is too long */
  readInput(): Promise<Uint8Array>;
  /** Aborted by SIGINT or SIGTERM, see {@linkcode endCode}; also when standard output has no reader or no space. */
  readonly interrupted: AbortSignal;
  /** Calls `callback` at each SIGHUP, which no longer ends the process then. */
  onHangup(callback: () => void): void;
}

/** The exit codes of commands. */
export const exitCode = { done: 0, failed: 1, usage: 2, unreachable: 3, interrupted: 130 } as const;

/** The reason of an abort by SIGTERM. */
const terminated = new DOMException("The process was terminated", "AbortError");

/**
 * The exit code of a command that serves until a signal ends it. SIGTERM is the usual way to end a unit of systemd, which
 * takes any code but 0 for a failure.
 */
export function endCode(interrupted: AbortSignal): number {
  return interrupted.reason === terminated ? exitCode.done : exitCode.interrupted;
}

/** The real process, and whether its output is complete. */
export interface ProcessIo extends Io {
  readonly output: Pick<ProcessOutput, "failure" | "isErrorTextLost">;
}

/** The real process. */
export function processIo(): ProcessIo {
  const stop = new AbortController();
  Deno.addSignalListener("SIGINT", () => stop.abort());
  Deno.addSignalListener("SIGTERM", () => stop.abort(terminated));
  const output = new ProcessOutput((error) => stop.abort(error));
  return {
    output,
    out: (text) => output.out(text),
    err: (text) => output.err(text),
    get background() {
      return output.background();
    },
    env: (name) => Deno.env.get(name),
    isTerminal: Deno.stdout.isTerminal(),
    errIsTerminal: Deno.stderr.isTerminal(),
    terminalSize: () => Deno.stdout.isTerminal() ? Deno.consoleSize() : undefined,
    holdTerminal: (holder) => holdTerminal(holder, systemTime),
    readInput: () => readBytes(Deno.stdin.readable),
    interrupted: stop.signal,
    onHangup: (callback) => Deno.addSignalListener("SIGHUP", callback),
  };
}
