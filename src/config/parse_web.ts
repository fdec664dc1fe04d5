import { join } from "node:path";
import { hostPortText } from "../base/endpoint.ts";
import { snakeKeys } from "../base/key_case.ts";
import { isLoopback } from "../base/loopback.ts";
import { accessRule } from "./check_web_access.ts";
import { webSchema } from "./web_schema.ts";
import { buildWeb, type WebSettings } from "./web_settings.ts";

/** Values of the section `web` as in a file. */
export interface WebOverrides {
  readonly listen?: string | undefined;
  readonly base_path?: string | undefined;
  readonly password_hash_file?: string | undefined;
  readonly trusted_proxy?:
    | { readonly addresses: readonly string[]; readonly user_header: string | undefined }
    | undefined;
  readonly host_names?: readonly string[] | undefined;
}

/**
 * The settings of the page: those of a file, with other values for some keys.
 *
 * @param settings undefined: the defaults
 * @param folder where a relative path in `overrides` starts
 * @throws {RangeError} a value is not allowed; the message has the key, the value and what is allowed
 */
export function parseWeb(settings: WebSettings | undefined, overrides: WebOverrides, folder: string): WebSettings {
  const { listen, ...rest } = settings ?? {};
  const base = { ...snakeKeys(rest), ...(listen && { listen: hostPortText(listen) }) };
  const given = Object.fromEntries(Object.entries(overrides).filter(([, value]) => value !== undefined));
  const { data, error } = webSchema.safeParse({ ...base, ...given });
  if (data === undefined) {
    const [issue] = error.issues;
    throw new RangeError(`${issue?.path.join(".")}: allowed is ${issue?.message}`);
  }
  const web = buildWeb(data, join(folder, "options"));
  if (isLoopback(web.listen.host) || web.passwordHashFile !== undefined || web.trustedProxy !== undefined) return web;
  throw new RangeError(`listen: found ${data.listen} without a login, allowed is ${accessRule}`);
}
