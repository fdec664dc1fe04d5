import type { MiddlewareHandler } from "hono";
import { isIP } from "node:net";
import { parseHost } from "../base/host_address.ts";
import type { WebSettings } from "../config/mod.ts";
import { problem } from "./problem.ts";
import type { WebEnv } from "./web_env.ts";

/**
 * Refuses requests to a name that is not that of the page. A foreign page can let its own name lead to this address,
 * and could then read everything. It cannot do so with an IP address.
 */
export function allowedHost(
  { listen, hostNames }: Pick<WebSettings, "listen" | "hostNames">,
): MiddlewareHandler<WebEnv> {
  const names = new Set(["localhost", listen.host, ...hostNames].map((name) => name.toLowerCase()));
  return async (context, next) => {
    const text = context.req.header("Host") ?? new URL(context.req.url).host;
    const host = parseHost(text)?.host ?? "";
    if (isIP(host) !== 0 || names.has(host)) return await next();
    return problem(
      context,
      421,
      "host",
      `This server does not serve the name ${JSON.stringify(text)}. If it is a name of this page, add it to ` +
        "web.host_names or give it with --host-name",
    );
  };
}
