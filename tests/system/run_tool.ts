/** Result of a program. */
export interface ToolResult {
  readonly code: number;
  /** What it wrote to standard output. */
  readonly out: string;
  /** What it wrote to standard error. */
  readonly err: string;
}

/** Runs a program to its end. */
export async function tool(name: string, ...args: string[]): Promise<ToolResult> {
  const { code, stdout, stderr } = await new Deno.Command(name, { args, stdin: "null" }).output();
  const decoder = new TextDecoder();
  return { code, out: decoder.decode(stdout), err: decoder.decode(stderr) };
}

/** Runs a program that has to succeed. @returns what it wrote to standard output @throws {Error} with its output */
export async function must(name: string, ...args: string[]): Promise<string> {
  const { code, out, err } = await tool(name, ...args);
  if (code === 0) return out;
  const output = `${out}${err}`.trim().slice(-2000);
  throw new Error(`${name} ${args.join(" ")} ended with ${code}: ${output}`);
}
