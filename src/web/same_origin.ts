import type { MiddlewareHandler } from "hono";
import { problem } from "./problem.ts";
import type { WebEnv } from "./web_env.ts";

/** Refuses requests that pages of other origins send, except that a link of another page may open this one. */
export function sameOrigin(): MiddlewareHandler<WebEnv> {
  return async (context, next) => {
    const { method } = context.req;
    const isRead = method === "GET" || method === "HEAD";
    const site = context.req.header("Sec-Fetch-Site");
    const isOpened = isRead && context.req.header("Sec-Fetch-Mode") === "navigate";
    const isForeign = site !== undefined
      ? site !== "same-origin" && site !== "none"
      : isOtherOrigin(context.req.header("Origin"), [
        context.req.header("Host"),
        context.get("forwardedHost"),
      ]);
    if (!isForeign || isOpened) return await next();
    return problem(context, 403, "origin", "A page of another origin sent this request; open the page of this server");
  };
}

/** A browser sends the origin with each request that is not a read; other programs send none. */
function isOtherOrigin(origin: string | undefined, hosts: readonly (string | undefined)[]): boolean {
  if (origin === undefined) return false;
  return !URL.canParse(origin) || !hosts.includes(new URL(origin).host);
}
