/** The command of another program failed. */
export class ToolError extends Error {
  override readonly name = "ToolError";
}

/** Where and how a tool runs. */
export interface ToolOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * Runs a program and returns its standard output.
 *
 * @throws {ToolError} it cannot be started or it failed
 */
export async function runTool(command: string, args: readonly string[], options: ToolOptions = {}): Promise<string> {
  const { code, stdout, stderr } = await start(command, args, options);
  const decoder = new TextDecoder();
  if (code === 0) return decoder.decode(stdout);
  const text = [decoder.decode(stdout), decoder.decode(stderr)].join("").trim();
  throw new ToolError(`${command} ${args[0] ?? ""} ended with exit code ${code}: ${text}`);
}

async function start(command: string, args: readonly string[], options: ToolOptions): Promise<Deno.CommandOutput> {
  try {
    return await new Deno.Command(command, { args: [...args], ...options, stdin: "null" }).output();
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new ToolError(`${command} is not installed; it is needed to build the package`);
  }
}
