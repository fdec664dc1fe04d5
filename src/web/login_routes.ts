import { type Context, Hono } from "hono";
import { version } from "../base/version.ts";
import { userName } from "../config/mod.ts";
import type { AccessView } from "../view/mod.ts";
import type { LoginCookie } from "./login_cookie.ts";
import { LoginLimits } from "./login_limits.ts";
import { loginPage } from "./login_page.ts";
import type { LoginSessions } from "./login_sessions.ts";
import { loginTexts } from "./login_texts.ts";
import { pathRoot } from "./page_path.ts";
import type { WebEnv } from "./web_env.ts";
import type { WebParts } from "./web_parts.ts";

/** Largest number of characters of a password. */
const maxPassword = 1024;

/** Values of `Sec-Fetch-Site`: another page has opened this one. */
const foreignSites: readonly (string | undefined)[] = ["cross-site", "same-site"];

/** `/login`, `/logout` and `/api/session`. */
export function loginRoutes(
  { settings, users, time, log }: Pick<WebParts, "settings" | "users" | "time" | "log">,
  { logins, cookie }: { readonly logins: LoginSessions; readonly cookie: LoginCookie },
): Hono<WebEnv> {
  const root = pathRoot(settings.basePath);
  const limits = new LoginLimits(time);
  const login: AccessView["login"] = users !== undefined ? "password" : settings.trustedProxy ? "proxy" : "open";

  const form = (context: Context<WebEnv>, shown: { user?: string; next?: string; failure?: string } = {}) => {
    const texts = loginTexts(context.req.header("Accept-Language"));
    context.header("Cache-Control", "no-store");
    return loginPage({ texts, action: `${root}/login`, user: "", next: "/", ...shown });
  };

  const area = new Hono<WebEnv>();
  area.get("/login", (context) => {
    const next = localPath(context.req.query("next"));
    if (users === undefined || context.get("user") !== undefined) return context.redirect(`${root}${next}`, 303);
    // A browser sends no strict cookie with what a link of another page opens, but with what this page opens
    if (foreignSites.includes(context.req.header("Sec-Fetch-Site")) && context.req.query("continued") === undefined) {
      context.header("Refresh", `0; url=${root}/login?${new URLSearchParams({ next, continued: "1" })}`);
    }
    return context.html(form(context, { next }));
  });

  area.post("/login", async (context) => {
    if (users === undefined) return context.redirect(`${root}/`, 303);
    const { user, password, next } = await enteredIn(context);
    const attempt = { user, address: context.get("clientAddress") };
    const texts = loginTexts(context.req.header("Accept-Language"));
    const waitSeconds = Math.ceil(limits.waitMs(attempt) / 1000);
    if (waitSeconds > 0) {
      context.header("Retry-After", String(waitSeconds));
      return context.html(form(context, { user, next, failure: texts.wait(waitSeconds) }), 429);
    }
    limits.count(attempt);
    const verdict = await users.check(user, password, { isKnown: limits.isKnown(attempt) });
    if (verdict === "busy") {
      limits.forgive(attempt);
      return context.html(form(context, { user, next, failure: texts.busy }), 503);
    }
    if (!verdict) {
      // Otherwise it can be a password, in the wrong field
      log.warn("A login failed", userName.pattern.test(user) ? attempt : { address: attempt.address });
      return context.html(form(context, { user, next, failure: texts.wrong }), 401);
    }
    limits.succeeded(attempt);
    log.info("A user has logged in", attempt);
    logins.end(cookie.token(context));
    cookie.keep(context, logins.begin(user));
    return context.redirect(`${root}${next}`, 303);
  });

  area.post("/logout", (context) => {
    logins.end(cookie.token(context));
    cookie.forget(context);
    return context.redirect(`${root}/login`, 303);
  });

  area.get("/api/session", (context) => {
    const user = context.get("user");
    context.header("Cache-Control", "no-store");
    return context.json({ login, ...(user === undefined ? {} : { user }), version } satisfies AccessView);
  });
  return area;
}

async function enteredIn(context: Context<WebEnv>): Promise<{ user: string; password: string; next: string }> {
  const body = await context.req.parseBody();
  const text = (name: string) => typeof body[name] === "string" ? body[name] : "";
  return { user: text("user").trim(), password: text("password").slice(0, maxPassword), next: localPath(text("next")) };
}

/** A path of this page; `/` in place of anything else, so that no link to the login leads to another page. */
function localPath(text: string | undefined): string {
  const base = "http://page.invalid";
  if (text === undefined || !text.startsWith("/") || !URL.canParse(text, base)) return "/";
  const { origin, pathname, search } = new URL(text, base);
  return origin === base && !pathname.startsWith("//") ? `${pathname}${search}` : "/";
}
