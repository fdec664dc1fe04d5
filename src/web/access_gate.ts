import type { Context, MiddlewareHandler } from "hono";
import type { LoginCookie } from "./login_cookie.ts";
import type { LoginSessions } from "./login_sessions.ts";
import { pathBelow, pathRoot } from "./page_path.ts";
import { problem } from "./problem.ts";
import type { WebEnv } from "./web_env.ts";
import type { WebParts } from "./web_parts.ts";

/** Paths that need no login, besides the files of the page. */
const openPaths: ReadonlySet<string> = new Set(["/login", "/logout", "/api/session"]);

/** Lets only users pass, if the settings name a way to log in. */
export function accessGate(
  { settings, users }: Pick<WebParts, "settings" | "users">,
  { logins, cookie }: { readonly logins: LoginSessions; readonly cookie: LoginCookie },
): MiddlewareHandler<WebEnv> {
  const isOpen = settings.trustedProxy === undefined && users === undefined;
  return async (context, next) => {
    const login = logins.find(cookie.token(context));
    const user = context.get("proxyUser") ?? login?.user;
    context.set("user", user);
    // A proxy ends the logins of its own
    if (context.get("proxyUser") === undefined) context.set("login", login);
    const path = pathBelow(settings.basePath, context.req.path);
    if (isOpen || user !== undefined || openPaths.has(path) || path.startsWith("/assets/")) return await next();
    return users === undefined ? refusedByProxy(context) : askForLogin(context, settings.basePath, path);
  };
}

function refusedByProxy(context: Context<WebEnv>): Response {
  const message = "This server answers only requests that come through its proxy, with the name of a user: see " +
    "web.trusted_proxy";
  return problem(context, 403, "proxy", message);
}

function askForLogin(context: Context<WebEnv>, basePath: string, path: string): Response {
  if (path.startsWith("/api/") || context.req.method !== "GET") {
    return problem(context, 401, "login", "Log in first");
  }
  const { search } = new URL(context.req.url);
  return context.redirect(`${pathRoot(basePath)}/login?next=${encodeURIComponent(`${path}${search}`)}`, 303);
}
