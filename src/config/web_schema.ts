import { isIP } from "node:net";
import * as z from "zod";
import { parseHost } from "../base/host_address.ts";
import { listenForm, listenPattern, parseListen } from "./endpoint.ts";
import { form, path, section } from "./leaves.ts";

/** The allowed forms of an entry of `addresses`, for messages. */
export const proxyForm = "an IP address, or a network such as 10.0.0.0/8";

/** The allowed form of an entry of `host_names`, for messages. */
export const hostForm = "the name of a host, without a port";

const proxiesAllowed = `a list of at least one address: ${proxyForm}`;
const hostsAllowed = `a list of names: ${hostForm}`;
const basePathForm = "/, or parts of letters, digits, -, _, . and ~ that each follow a /, without a / at the end";

/** Whether an entry of `addresses` is an IP address or a network. */
function isProxyAddress(text: string): boolean {
  const [address = "", bits] = text.split("/");
  const kind = isIP(address);
  return kind !== 0 && (bits === undefined || Number(bits) <= (kind === 4 ? 32 : 128));
}

/** The section `web`. */
export const webSchema = section({
  listen: form(listenPattern, listenForm).refine((address) => parseListen(address) !== undefined, { error: listenForm })
    .default("127.0.0.1:8780").describe(
      "Address of the page; one that other machines can reach requires `password_hash_file` or `trusted_proxy`",
    ),
  base_path: form(/^(?:\/|(?:\/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)+)$/, basePathForm).default("/").describe(
    "Path of the page, for a proxy that serves other pages at the same address",
  ),
  password_hash_file: path().optional().describe(
    "File with the users and the hashes of their passwords; `web --add-user` writes it",
  ),
  trusted_proxy: section({
    addresses: z.array(form(/^[\dA-Fa-f:.]+(?:\/\d{1,3})?$/, proxyForm).refine(isProxyAddress, { error: proxyForm }), {
      error: proxiesAllowed,
    }).min(1, { error: proxiesAllowed }).describe("Addresses from which the proxy connects"),
    user_header: form(/^[A-Za-z0-9-]+$/, "the name of a header").describe(
      "Header in which the proxy names the user; the proxy must remove this header from requests of its clients",
    ),
  }).optional().describe("A proxy that logs users in"),
  host_names: z.array(
    form(/^[\w.-]+$/, hostForm).refine((name) => parseHost(name) !== undefined, { error: hostForm }),
    { error: hostsAllowed },
  ).default([]).describe(
    "Names by which browsers reach the page, besides addresses, `localhost` and the name in `listen`",
  ),
});
