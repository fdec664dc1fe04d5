import type { MiddlewareHandler } from "hono";
import { BlockList, isIP, isIPv6 } from "node:net";
import type { TrustedProxySettings, WebSettings } from "../config/mod.ts";
import type { WebEnv } from "./web_env.ts";

/** A longer name of a user is ignored, because each access writes it to the log. */
const maxUserLength = 200;

/** Finds out who sends a request: the address of the client, and the user that a trusted proxy names. */
export function clientOf({ trustedProxy }: Pick<WebSettings, "trustedProxy">): MiddlewareHandler<WebEnv> {
  const proxies = trustedProxy === undefined ? undefined : blockList(trustedProxy);
  return async (context, next) => {
    const { remoteAddr } = context.env ?? {};
    const peer = remoteAddr !== undefined && "hostname" in remoteAddr ? plainAddress(remoteAddr.hostname) : "";
    const isProxy = peer !== "" && proxies?.check(peer, isIPv6(peer) ? "ipv6" : "ipv4") === true;
    context.set("clientAddress", peer);
    context.set("isSecure", new URL(context.req.url).protocol === "https:");
    if (isProxy && trustedProxy !== undefined) {
      // The last entry is that of the proxy; the client can invent those before it
      const forwarded = plainAddress(context.req.header("X-Forwarded-For")?.split(",").at(-1)?.trim() ?? "");
      if (isIP(forwarded) !== 0) context.set("clientAddress", forwarded);
      context.set("isSecure", context.req.header("X-Forwarded-Proto")?.toLowerCase() === "https");
      context.set("forwardedHost", context.req.header("X-Forwarded-Host"));
      const user = context.req.header(trustedProxy.userHeader)?.trim() ?? "";
      if (user !== "" && user.length <= maxUserLength) context.set("proxyUser", user);
    }
    await next();
  };
}

function blockList({ addresses }: TrustedProxySettings): BlockList {
  const list = new BlockList();
  for (const text of addresses) {
    const [address = "", bits] = text.split("/");
    const kind = isIPv6(address) ? "ipv6" : "ipv4";
    if (bits === undefined) list.addAddress(address, kind);
    else list.addSubnet(address, Number(bits), kind);
  }
  return list;
}

/** An IPv4 address in its own form, also if it came as an IPv6 address; without a zone. */
function plainAddress(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/i, "").replace(/%.*$/, "");
}
