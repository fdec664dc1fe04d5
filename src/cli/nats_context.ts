import { dirname, join } from "node:path";
import * as z from "zod";
import { fileProblem } from "../base/file_problem.ts";
import type { Io } from "./io.ts";

/** The used values of a context of the `nats` tool. Empty values are left out. */
export type NatsContext = Readonly<Partial<Record<ContextKey, string>>>;

const keys = [
  "url",
  "user",
  "password",
  "token",
  "creds",
  "nkey",
  "ca",
  "cert",
  "key",
  "jetstream_domain",
  "inbox_prefix",
] as const;
type ContextKey = typeof keys[number];

/** These settings change how or as which user the tool connects. A connection without them would be a different one. */
const unsupported = ["nsc", "user_jwt", "user_seed", "socks_proxy", "tls_first", "jetstream_api_prefix"] as const;

const fileKeys: readonly string[] = ["creds", "nkey", "ca", "cert", "key"];

/** Why a context cannot be used. */
export class ContextError extends Error {
  override readonly name = "ContextError";
}

/**
 * Reads a context of the `nats` tool, `~/.config/nats/context/NAME.json`.
 *
 * @throws {ContextError} the context does not exist, or has unsupported settings
 */
export async function readNatsContext(name: string, io: Pick<Io, "env">): Promise<NatsContext> {
  const home = io.env("HOME") ?? "";
  const file = join(io.env("XDG_CONFIG_HOME") || join(home, ".config"), "nats", "context", `${name}.json`);
  if (!/^[^/]+$/.test(name) || name.includes("..")) {
    throw new ContextError(`--context ${JSON.stringify(name)} is not a valid name of a context`);
  }
  const found = parse(await contentOf(file, name), file);
  const refused = unsupported.filter((key) => found[key] !== undefined && found[key] !== "" && found[key] !== false);
  if (refused.length > 0) {
    throw new ContextError(
      `${file} sets ${refused.join(", ")}, which Wattseal does not support; use single ` +
        "options instead",
    );
  }
  return Object.fromEntries(keys.flatMap((key) => {
    const value = found[key];
    if (typeof value !== "string" || value === "") return [];
    return [[key, fileKeys.includes(key) ? pathOf(value, home, `${key} in ${file}`) : value]];
  }));
}

async function contentOf(file: string, name: string): Promise<string> {
  try {
    return await Deno.readTextFile(file);
  } catch (error) {
    const known = error instanceof Deno.errors.NotFound ? await contextsBeside(file) : [];
    const hint = known.length === 0 ? "" : `; existing contexts: ${known.join(", ")}`;
    throw new ContextError(`Cannot read the context ${name} from ${file}: ${fileProblem(error)}${hint}`);
  }
}

async function contextsBeside(file: string): Promise<string[]> {
  try {
    const names = (await Array.fromAsync(Deno.readDir(dirname(file)))).map((entry) => entry.name);
    return names.filter((name) => name.endsWith(".json")).map((name) => name.slice(0, -".json".length)).sort();
  } catch {
    return [];
  }
}

function parse(text: string, file: string): Readonly<Record<string, unknown>> {
  try {
    return contextSchema.parse(JSON.parse(text));
  } catch {
    // The parser's message could contain a password.
    throw new ContextError(`Cannot use ${file}: it is not a context of the nats tool (a JSON object of strings)`);
  }
}

const contextSchema = z.looseObject(Object.fromEntries(keys.map((key) => [key, z.string().optional()])));

/** The path of a file; a context may write it with `~/` or `file://`. */
function pathOf(value: string, home: string, where: string): string {
  const [, scheme, rest] = /^([a-z]+):(?:\/\/)?(.*)$/.exec(value) ?? [];
  if (scheme !== undefined && scheme !== "file") {
    throw new ContextError(`${where} is a reference with ${scheme}:, which Wattseal does not support; name a file`);
  }
  const path = rest ?? value;
  return path.startsWith("~/") ? join(home, path.slice(2)) : path;
}
