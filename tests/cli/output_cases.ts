import { fileURLToPath } from "node:url";

/** Where the output of a command goes. */
export const outputCases = ["pipe", "closed reader", "full disk", "80 columns", "160 columns"] as const;

/** One of {@linkcode outputCases}. */
export type OutputCase = typeof outputCases[number];

/** What a user sees of a command. */
export interface Seen {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

const shells: Readonly<Record<OutputCase, string>> = {
  pipe: '"$@" | cat; exit ${PIPESTATUS[0]}',
  // The command begins when its reader is gone: then a write fails
  "closed reader": `{ trap '' PIPE; while echo x; do :; done 2>/dev/null; "$@"; } | true; exit \${PIPESTATUS[0]}`,
  "full disk": '"$@" > /dev/full',
  "80 columns": terminal(80),
  "160 columns": terminal(160),
};

/** A real pseudo-terminal; both streams of the command go to it. */
function terminal(columns: number): string {
  return `export SHELL=/bin/bash RUN="stty cols ${columns} rows 40; exec $(printf '%q ' "$@")"; ` +
    "exec script --quiet --return --command 'eval \"$RUN\"' /dev/null";
}

/** Runs the product in a shell, with its output as in a case. Terminals may have colours: only there NO_COLOR is not set. */
export async function runInCase(args: readonly string[], where: OutputCase): Promise<Seen> {
  const main = fileURLToPath(new URL("../../src/cli/main.ts", import.meta.url));
  const isTerminal = where.endsWith("columns");
  const { code, stdout, stderr } = await new Deno.Command("bash", {
    args: ["-c", shells[where], "bash", Deno.execPath(), "run", "--quiet", "--allow-all", main, ...args],
    env: { TERM: "xterm", NO_COLOR: isTerminal ? "" : "1" },
    stdin: "null",
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, out: text(stdout), err: text(stderr) };
}
