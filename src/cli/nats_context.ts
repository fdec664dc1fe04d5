import { dirname, join } from "node:path";
import * as z from "zod";
import { fileProblem } from "../base/file_problem.ts";
import type { Io } from "./io.ts";

/** What we use of a context of the `nats` tool; an empty text is no value. */
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

/** They change how or as whom the tool connects: a connection without them would be another one. */
const unsupported = ["nsc", "user_jwt", "user_seed", "socks_proxy", "tls_first", "jetstream_api_prefix"] as const;

const fileKeys: readonly string[] = ["creds", "nkey", "ca", "cert", "key"];

/** Why a context cannot be used. */
export class ContextError extends Error {
  override readonly name = "ContextError";
}

/**
 * Reads a context of the `nats` tool, `~/.config/nats/context/NAME.json`.
 *
 * @throws {ContextError} there is none of this name, or it holds what we cannot use
 */
export async function readNatsContext(name: string, io: Pick<Io, "env">): Promise<NatsContext> {
  const home = io.env("HOME") ?? "";
  const file = join(io.env("XDG_CONFIG_HOME") || join(home, ".config"), "nats", "context", `${name}.json`);
  if (!/^[^/]+$/.test(name) || name.includes("..")) {
    throw new ContextError(`--context ${JSON.stringify(name)} is no name of a context`);
  }
  const found = parse(await contentOf(file, name), file);
  const refused = unsupported.filter((key) => found[key] !== undefined && found[key] !== "" && found[key] !== false);
  if (refused.length > 0) {
    throw new ContextError(`${file} sets ${refused.join(", ")}, which is not supported here; use single options`);
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
    const known = error instanceof Deno.errors.NotFound ? await knownBeside(file) : [];
    const those = known.length === 0 ? "" : `; there are: ${known.join(", ")}`;
    throw new ContextError(`cannot read the context ${name} from ${file}: ${fileProblem(error)}${those}`);
  }
}

async function knownBeside(file: string): Promise<string[]> {
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
    // The parser's own words might show a password.
    throw new ContextError(`cannot use ${file}: it is no context of the nats tool, a JSON object with texts`);
  }
}

const contextSchema = z.looseObject(Object.fromEntries(keys.map((key) => [key, z.string().optional()])));

/** The path in a context, which may begin with `~/` or `file://`. */
function pathOf(value: string, home: string, where: string): string {
  const [, scheme, rest] = /^([a-z]+):(?:\/\/)?(.*)$/.exec(value) ?? [];
  if (scheme !== undefined && scheme !== "file") {
    throw new ContextError(`${where} is no file but a reference with ${scheme}:, which is not supported here`);
  }
  const path = rest ?? value;
  return path.startsWith("~/") ? join(home, path.slice(2)) : path;
}
