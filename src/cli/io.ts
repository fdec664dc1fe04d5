import type { BackgroundStream } from "./background_stream.ts";
import { readBytes } from "./read_bytes.ts";
import { writeWhole } from "./write_whole.ts";
import type { SafeText } from "./safe_text.ts";

/** What a command sees of the process that it runs in. */
export interface Io {
  /** Writes to standard output. @throws {OutputError} it cannot be written to; a reader that has gone is no error */
  out(text: SafeText): void;
  /** Writes to standard error; what cannot be written is lost. */
  err(text: SafeText): void;
  /** The same two for what runs for long: a reader that does not read must not hold it up. */
  readonly background: { readonly out: BackgroundStream; readonly err: BackgroundStream };
  env(name: string): string | undefined;
  /** Whether standard output is a terminal that a person looks at. */
  readonly isTerminal: boolean;
  /** Likewise standard error. */
  readonly errIsTerminal: boolean;
  /** What the terminal has room for, 0 where it does not know; undefined where there is none. */
  terminalSize(): { readonly rows: number; readonly columns: number } | undefined;
  /** All of standard input. @throws {RangeError} it is too long */
  readInput(): Promise<Uint8Array>;
  /** Aborted by SIGINT and SIGTERM. */
  readonly interrupted: AbortSignal;
}

/** What a command ends with. */
export const exitCode = { done: 0, failed: 1, usage: 2, unreachable: 3, interrupted: 130 } as const;

/** Standard output takes no more. */
export class OutputError extends Error {
  override readonly name = "OutputError";
}

/** The real process. */
export function processIo(): Io {
  const stop = new AbortController();
  const interrupt = () => stop.abort();
  Deno.addSignalListener("SIGINT", interrupt);
  Deno.addSignalListener("SIGTERM", interrupt);
  const encoder = new TextEncoder();
  return {
    out: (text) => {
      const error = writeWhole(Deno.stdout, encoder.encode(text));
      if (error === undefined || error instanceof Deno.errors.BrokenPipe) return;
      throw new OutputError("cannot write to standard output", { cause: error });
    },
    err: (text) => void writeWhole(Deno.stderr, encoder.encode(text)),
    background: { out: Deno.stdout, err: Deno.stderr },
    env: (name) => Deno.env.get(name),
    isTerminal: Deno.stdout.isTerminal(),
    errIsTerminal: Deno.stderr.isTerminal(),
    terminalSize: () => Deno.stdout.isTerminal() ? Deno.consoleSize() : undefined,
    readInput: () => readBytes(Deno.stdin.readable),
    interrupted: stop.signal,
  };
}
