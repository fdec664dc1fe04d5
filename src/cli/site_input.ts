import { fileProblem } from "../base/file_problem.ts";
import { isServer } from "../base/host_address.ts";
import { ConfigError, loadConfig } from "../config/mod.ts";
import { FleetUsageError } from "../fleet/mod.ts";
import type { Io } from "./io.ts";

/** Checks the address on which a server listens. @throws {FleetUsageError} it is invalid */
export function checkListen(address: string): void {
  if (!address.includes("://") && /:\d+$/.test(address) && isServer(address)) return;
  throw new FleetUsageError(
    `--edge-listen ${JSON.stringify(address)} is not an address: allowed is HOST:PORT, with an IPv6 address in ` +
      "brackets",
  );
}

/**
 * Checks leaf node addresses, which may contain a user and a password.
 *
 * @throws {FleetUsageError} an address is invalid; the message contains no user or password
 */
export function checkLeafUrls(urls: readonly string[]): void {
  for (const url of urls) {
    const [, address = ""] = /^(?:nats-leaf|nats|tls|ws|wss):\/\/(?:[^@/]*@)?([^@]*)$/.exec(url) ?? [];
    if (!address.includes("://") && isServer(address)) continue;
    const shown = url.includes("@") ? `***${url.slice(url.lastIndexOf("@"))}` : url;
    throw new FleetUsageError(
      `--leaf ${JSON.stringify(shown)} is not a leaf node address: allowed are nats-leaf://HOST:PORT and ` +
        "tls://HOST:PORT, each with an optional USER:PASSWORD@ before HOST; several addresses separated by commas",
    );
  }
}

/**
 * Returns the section `lines` of the output of `scan` or of a configuration, and everything after it.
 *
 * @throws {FleetUsageError} the file cannot be read, or its content is invalid in a configuration
 */
export async function linesIn(file: string, { env }: Pick<Io, "env">): Promise<string> {
  let text: string;
  try {
    text = await Deno.readTextFile(file);
  } catch (error) {
    throw new FleetUsageError(`Cannot use the lines (--lines) in ${file}: ${fileProblem(error)}`, { cause: error });
  }
  const { index, 0: section } = /^lines:$[^]*/m.exec(text) ?? { index: 0, 0: undefined };
  if (section === undefined) {
    throw new FleetUsageError(
      `Cannot use the lines (--lines) in ${file}: it has no section "lines:"; use the output of scan`,
    );
  }
  const ended = section.endsWith("\n") ? section : `${section}\n`;
  // Keeps the line numbers of the file in messages
  const above = text.slice(0, index).replaceAll(/[^\n]/g, "");
  try {
    loadConfig(`${above}${ended}site: any\nnats: {}\n`, { path: file, env });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const problems = error.problems.map(({ message }) => `\n${message}`).join("");
    throw new FleetUsageError(`Cannot use the lines (--lines) in ${file}:${problems}`, { cause: error });
  }
  return ended;
}
