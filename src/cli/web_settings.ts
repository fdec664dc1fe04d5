import type { LogFormat } from "./log_sink.ts";
import { parseWeb, type WebSettings } from "../config/mod.ts";
import type { ConnectionOptions } from "./connection_options.ts";
import type { Io } from "./io.ts";
import { readSettings } from "./read_settings.ts";
import { lines } from "./safe_text.ts";

/** The options of the page; each has precedence over the key of the same name in `--config`. */
export interface WebOptions extends Pick<ConnectionOptions, "config"> {
  readonly listen?: string;
  readonly basePath?: string;
  readonly passwordHashFile?: string;
  /** Requires `userHeader`. */
  readonly trustedProxy?: readonly string[];
  /** Requires `trustedProxy`. */
  readonly userHeader?: string;
  readonly hostName?: readonly string[];
}

/** How the page is served and what is logged. */
export interface PageSettings {
  readonly web: WebSettings;
  readonly log: LogFormat;
}

/** Options by their keys in a file, for messages. */
const optionNames: Readonly<Record<string, string>> = {
  listen: "--listen",
  base_path: "--base-path",
  password_hash_file: "--password-hash-file",
  trusted_proxy: "--trusted-proxy",
  host_names: "--host-name",
};

/**
 * The settings of the page: from options, else from the file, else the defaults.
 *
 * @returns undefined: one of them is invalid; standard error has the reason
 */
export async function pageSettings(
  options: WebOptions,
  io: Pick<Io, "env" | "err">,
): Promise<PageSettings | undefined> {
  const { config, listen, basePath, passwordHashFile, trustedProxy, userHeader, hostName } = options;
  const file = config === undefined ? undefined : await readSettings(config, io);
  if (config !== undefined && file === undefined) return undefined;
  if ((trustedProxy === undefined) !== (userHeader === undefined)) {
    io.err(lines("--trusted-proxy and --user-header require each other: give both"));
    return undefined;
  }
  try {
    const web = parseWeb(file?.web, {
      listen,
      base_path: basePath,
      password_hash_file: passwordHashFile,
      ...(trustedProxy && userHeader && { trusted_proxy: { addresses: trustedProxy, user_header: userHeader } }),
      host_names: hostName,
    }, Deno.cwd());
    return { web, log: file?.log ?? { level: "info", format: "text" } };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const key = /^\w+/.exec(error.message)?.[0] ?? "";
    io.err(lines(`Cannot use ${optionNames[key] ?? key} (web.${key}): ${error.message}`));
    return undefined;
  }
}
