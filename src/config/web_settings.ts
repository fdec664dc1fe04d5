import { fromFileFolder, parseListen } from "./endpoint.ts";
import type { ConfigFile } from "./file_schema.ts";

/** A proxy that logs users in: the keys of `web.trusted_proxy`. */
export interface TrustedProxySettings {
  /** IP addresses, or networks such as `10.0.0.0/8`, from which the proxy connects; at least one. */
  readonly addresses: readonly string[];
  /** Header in which the proxy names the user. */
  readonly userHeader: string;
}

/** The page of the command `web`: the keys of `web`. */
export interface WebSettings {
  /** Address of the page. @default 127.0.0.1:8780 */
  readonly listen: {
    /** Name or address, without brackets. */
    readonly host: string;
    /** 1..65535. */
    readonly port: number;
  };
  /** Path of the page: `/`, or a path without a `/` at its end. @default / */
  readonly basePath: string;
  /** File with users and the hashes of their passwords, an absolute path. @default none */
  readonly passwordHashFile?: string;
  /** A proxy that logs users in. @default none */
  readonly trustedProxy?: TrustedProxySettings;
  /** Names by which browsers reach the page, besides addresses, `localhost` and the name in `listen`. @default [] */
  readonly hostNames: readonly string[];
}

/** Builds the settings of a section of a valid file. @param path of the configuration file */
export function buildWeb(section: NonNullable<ConfigFile["web"]>, path: string): WebSettings {
  const { listen, base_path: basePath, password_hash_file: file, trusted_proxy: proxy, host_names: hostNames } =
    section;
  const address = parseListen(listen);
  if (address === undefined) throw new TypeError(`Cannot build the settings of the page: its address is ${listen}`);
  return {
    listen: address,
    basePath,
    ...(file === undefined ? {} : { passwordHashFile: fromFileFolder(path, file) }),
    ...(proxy === undefined ? {} : { trustedProxy: { addresses: proxy.addresses, userHeader: proxy.user_header } }),
    hostNames,
  };
}
