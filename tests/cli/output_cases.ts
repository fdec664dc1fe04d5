import { fileURLToPath } from "node:url";
import { ownHost } from "../support/own_address.ts";
import { endMark } from "./output_mark.ts";

/** Where the output of a command goes. */
export const outputCases = [
  "pipe",
  "socket",
  "closed reader",
  "full disk",
  "80 columns",
  "160 columns, NO_COLOR",
] as const;

/** One of {@linkcode outputCases}. */
export type OutputCase = typeof outputCases[number];

/** The width of the terminal, if there is one. */
export function columnsOf(where: OutputCase): number | undefined {
  return where === "80 columns" ? 80 : where === "160 columns, NO_COLOR" ? 160 : undefined;
}

/** Whether nothing can be written there. */
export function isLost(where: OutputCase): boolean {
  return where === "closed reader" || where === "full disk";
}

/** What a user sees of a command. On a terminal, both streams are one. */
export interface Seen {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

const shells: Readonly<Record<OutputCase, string>> = {
  pipe: '"$@" | cat; exit ${PIPESTATUS[0]}',
  socket: '"$@" > "/dev/tcp/$SOCKET"',
  // The command begins when its reader is gone: then a write fails
  "closed reader": `{ trap '' PIPE; while echo x; do :; done 2>/dev/null; "$@"; } | true; exit \${PIPESTATUS[0]}`,
  "full disk": '"$@" > /dev/full',
  "80 columns": terminal(80),
  "160 columns, NO_COLOR": terminal(160),
};

/** A real pseudo-terminal; both streams of the command go to it. */
function terminal(columns: number): string {
  return `export SHELL=/bin/bash RUN="stty cols ${columns} rows 40; exec $(printf '%q ' "$@")"; ` +
    "exec script --quiet --return --command 'eval \"$RUN\"' /dev/null";
}

/** Runs the product in a shell, with its output as in a case. Only a terminal of 80 columns may have colours. */
export function runInCase(args: readonly string[], where: OutputCase): Promise<Seen> {
  return runModule("../../src/cli/main.ts", args, where);
}

/** Runs command lines of the product one after the other in one process, with its output as in a case. */
export async function runAllInCase(commandLines: readonly (readonly string[])[], where: OutputCase): Promise<Seen[]> {
  const { code, out, err } = await runModule("./output_host.ts", [JSON.stringify(commandLines)], where);
  const isTerminal = columnsOf(where) !== undefined;
  const outs = out.split(new RegExp(`${endMark}\r?\n`));
  const errs = (isTerminal ? out : err).split(new RegExp(`${endMark}(\\d+|Uncaught [^]*?)\r?\n`));
  const seen = commandLines.map((_, index) => {
    const [text = "", end = ""] = errs.slice(index * 2);
    const uncaught = end.startsWith("Uncaught") ? end : "";
    return {
      code: Number(end || NaN),
      out: isTerminal ? text : outs[index] ?? "",
      err: isTerminal ? uncaught : text + uncaught,
    };
  });
  if (code === 0) return seen;
  throw new Error(`${where}: the process of all commands ended with ${code}\n${out.slice(-2000)}${err.slice(-2000)}`);
}

async function runModule(path: string, args: readonly string[], where: OutputCase): Promise<Seen> {
  const module = fileURLToPath(new URL(path, import.meta.url));
  await using socket = new Receiver();
  const flags = ["run", "--quiet", "--no-check", "--allow-all", "--unstable-lazy-dynamic-imports"];
  const { code, stdout, stderr } = await new Deno.Command("bash", {
    args: ["-c", shells[where], "bash", Deno.execPath(), ...flags, module, ...args],
    env: { TERM: "xterm", NO_COLOR: where === "80 columns" ? "" : "1", SOCKET: socket.path },
    stdin: "null",
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, out: where === "socket" ? await socket.received() : text(stdout), err: text(stderr) };
}

/** Receives the bytes of one connection. */
class Receiver implements AsyncDisposable {
  readonly #listener = Deno.listen({ hostname: ownHost(), port: 0 });
  readonly #text = this.#receive();

  /** As a path below `/dev/tcp` of bash. */
  get path(): string {
    const { hostname, port } = this.#listener.addr;
    return `${hostname}/${port}`;
  }

  /** Resolves when the sender has closed its side. */
  received(): Promise<string> {
    return this.#text;
  }

  async #receive(): Promise<string> {
    try {
      const connection = await this.#listener.accept();
      return await new Response(connection.readable).text();
    } catch {
      return "";
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    await this.#text;
  }
}
