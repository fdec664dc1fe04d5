import { onCore } from "./tools.ts";

/** Options of a client run. */
export interface ClientRun {
  readonly core?: number;
  readonly cwd?: string;
}

/** Requests at maximum speed; latencies in microseconds. */
export interface UnpacedResult {
  readonly requests: number;
  readonly failed: number;
  readonly seconds: number;
  readonly p50Us: number;
  readonly p99Us: number;
  readonly cpuSeconds: number;
}

/**
 * Runs a program that prints one JSON object.
 *
 * @throws {Error} it failed; the message has its output
 */
export async function runClient<T>(command: readonly string[], { core, cwd = "." }: ClientRun = {}): Promise<T> {
  const [program = "", ...args] = core === undefined ? command : await onCore(core, command);
  const { success, stdout, stderr } = await new Deno.Command(program, { args, cwd, stdin: "null" }).output();
  if (!success) throw new Error(`${command.join(" ")} failed: ${new TextDecoder().decode(stderr).trim()}`);
  return JSON.parse(new TextDecoder().decode(stdout));
}
