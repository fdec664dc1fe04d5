import { CommanderError } from "commander";
import type { Installation } from "../../src/cli/installation.ts";
import { program } from "../../src/cli/program.ts";

/** Result of a command line. */
export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Environment of a command line. */
export interface Surroundings {
  readonly interrupted?: AbortSignal;
  /** @default an empty one */
  readonly env?: Readonly<Record<string, string>>;
  /** Called after each text on standard output. */
  readonly onOut?: () => void;
  /** @default this checkout */
  readonly installation?: Installation;
}

/** Runs a command line of the product in this process. */
export async function runCommand(
  args: readonly string[],
  { interrupted = new AbortController().signal, env = {}, onOut, installation }: Surroundings = {},
): Promise<Ran> {
  const ran = { code: 0, out: "", err: "" };
  const sink = { write: (bytes: Uint8Array) => Promise.resolve(bytes.length) };
  const io = {
    out: (text: string) => {
      ran.out += text;
      onOut?.();
    },
    err: (text: string) => ran.err += text,
    background: { out: sink, err: sink },
    env: (name: string) => env[name],
    isTerminal: false,
    errIsTerminal: false,
    terminalSize: () => undefined,
    holdTerminal: () => ({ hasKeys: false, [Symbol.dispose]: () => {} }),
    readInput: () => Promise.resolve(new Uint8Array()),
    interrupted,
    onHangup: () => {},
  };
  try {
    await program(io, (code) => ran.code = code, installation).parseAsync(args, { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    ran.code = error.exitCode === 0 ? 0 : 2;
  }
  return ran;
}
