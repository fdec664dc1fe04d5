import { verify } from "../../src/cli/verify.ts";
import { bytesOf } from "./samples.ts";

/** A line of the output. */
export interface Line {
  readonly id?: string | number;
  readonly signature: string;
  readonly session: string;
  readonly key: string;
  readonly problems: readonly string[];
  readonly joined_session?: { readonly energy_Wh?: string };
}

/** Verifies a text or bytes, and returns the lines of the output. */
export async function run(
  input: string | Uint8Array,
  options: { publicKey?: string } = {},
): Promise<{ code: number; lines: Line[] }> {
  let output = "";
  const io = {
    readInput: () => Promise.resolve(typeof input === "string" ? bytesOf(input) : input),
    out: (text: string) => void (output += text),
    err() {},
    terminalSize: () => undefined,
  };
  const code = await verify({ file: "-", json: true, ...options }, io);
  return { code, lines: output.split("\n").filter((line) => line !== "").map((line): Line => JSON.parse(line)) };
}

/** Returns the exit code, then `[id] signature session key` of each record. */
export async function verdicts(input: string, options: { publicKey?: string } = {}): Promise<(string | number)[]> {
  const { code, lines } = await run(input, options);
  const texts = lines.map(({ id, signature, session, key }) =>
    [id, signature, session, key].filter((part) => part !== undefined)
  );
  return [code, ...texts.map((parts) => parts.join(" "))];
}
