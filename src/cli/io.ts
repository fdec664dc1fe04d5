/** What a command sees of the process that it runs in. */
export interface Io {
  /** Writes to standard output. */
  out(text: string): void;
  /** Writes to standard error. */
  err(text: string): void;
  env(name: string): string | undefined;
  /** Whether standard output is a terminal that a person looks at. */
  readonly isTerminal: boolean;
  /** What the terminal has room for, 0 where it does not know; undefined where there is none. */
  terminalSize(): { readonly rows: number; readonly columns: number } | undefined;
  /** All of standard input. */
  readInput(): Promise<Uint8Array>;
  /** Aborted by SIGINT and SIGTERM. */
  readonly interrupted: AbortSignal;
}

/** What a command ends with. */
export const exitCode = { done: 0, failed: 1, usage: 2, unreachable: 3, interrupted: 130 } as const;

/** The real process. */
export function processIo(): Io {
  const stop = new AbortController();
  const interrupt = () => stop.abort();
  Deno.addSignalListener("SIGINT", interrupt);
  Deno.addSignalListener("SIGTERM", interrupt);
  const encoder = new TextEncoder();
  return {
    out: (text) => writeAll(Deno.stdout, encoder.encode(text)),
    err: (text) => writeAll(Deno.stderr, encoder.encode(text)),
    env: (name) => Deno.env.get(name),
    isTerminal: Deno.stdout.isTerminal(),
    terminalSize: () => Deno.stdout.isTerminal() ? Deno.consoleSize() : undefined,
    readInput: async () => new Uint8Array(await new Response(Deno.stdin.readable).arrayBuffer()),
    interrupted: stop.signal,
  };
}

/** A reader that went away (`| head`) is no reason for a service to fall over. */
function writeAll(stream: { writeSync(bytes: Uint8Array): number }, bytes: Uint8Array): void {
  try {
    for (let written = 0; written < bytes.length;) written += stream.writeSync(bytes.subarray(written));
  } catch (error) {
    if (!(error instanceof Deno.errors.BrokenPipe) && !(error instanceof Deno.errors.WouldBlock)) throw error;
  }
}
