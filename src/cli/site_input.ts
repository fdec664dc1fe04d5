import { fileProblem } from "../base/file_problem.ts";
import { ConfigError, isServer, loadConfig } from "../config/mod.ts";
import { FleetUsageError } from "../fleet/mod.ts";
import type { Io } from "./io.ts";

/** Checks an address on which a server listens. @throws {FleetUsageError} it has another form */
export function checkListen(address: string): void {
  if (!address.includes("://") && /:\d+$/.test(address) && isServer(address)) return;
  throw new FleetUsageError(
    `--edge-listen ${JSON.stringify(address)} is no address: allowed is HOST:PORT, an IPv6 address in brackets`,
  );
}

/**
 * Checks leaf addresses, which may hold a user and a password.
 *
 * @throws {FleetUsageError} one has another form; the message has neither user nor password
 */
export function checkLeafUrls(urls: readonly string[]): void {
  for (const url of urls) {
    const [, address = ""] = /^(?:nats-leaf|nats|tls|ws|wss):\/\/(?:[^@/]*@)?([^@]*)$/.exec(url) ?? [];
    if (!address.includes("://") && isServer(address)) continue;
    const shown = url.includes("@") ? `***${url.slice(url.lastIndexOf("@"))}` : url;
    throw new FleetUsageError(
      `--leaf ${JSON.stringify(shown)} is no leaf address of a NATS server: allowed are nats-leaf://HOST:PORT and ` +
        "tls://HOST:PORT, each with USER:PASSWORD@ before HOST, several separated by commas",
    );
  }
}

/**
 * The section `lines` of what `scan` has printed, or of a configuration, and whatever follows it.
 *
 * @throws {FleetUsageError} the file cannot be read, or what it holds would not be good in a configuration
 */
export async function linesIn(file: string, { env }: Pick<Io, "env">): Promise<string> {
  let text: string;
  try {
    text = await Deno.readTextFile(file);
  } catch (error) {
    throw new FleetUsageError(`cannot take the lines (--lines) from ${file}: ${fileProblem(error)}`, { cause: error });
  }
  const { index, 0: section } = /^lines:$[^]*/m.exec(text) ?? { index: 0, 0: undefined };
  if (section === undefined) {
    throw new FleetUsageError(
      `cannot take the lines (--lines) from ${file}: it has no section "lines:", which scan prints`,
    );
  }
  const ended = section.endsWith("\n") ? section : `${section}\n`;
  // Line numbers in messages are those of the file
  const above = text.slice(0, index).replaceAll(/[^\n]/g, "");
  try {
    loadConfig(`${above}${ended}site: any\nnats: {}\n`, { path: file, env });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const problems = error.problems.map(({ message }) => `\n${message}`).join("");
    throw new FleetUsageError(`cannot take the lines (--lines) from ${file}:${problems}`, { cause: error });
  }
  return ended;
}
