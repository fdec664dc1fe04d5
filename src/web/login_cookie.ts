import type { Context } from "hono";
import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import { loginMs } from "./login_sessions.ts";
import type { WebEnv } from "./web_env.ts";

const cookie = "wattseal_login";

/** The token of a login in a request; undefined: there is none. */
export function loginToken(context: Context<WebEnv>): string | undefined {
  return getCookie(context, cookie);
}

/** Lets the browser keep the token of a login. Scripts cannot read it, and other pages cannot send it. */
export function keepLogin(context: Context<WebEnv>, token: string, path: string): void {
  setCookie(context, cookie, token, {
    path,
    httpOnly: true,
    sameSite: "Strict",
    secure: context.get("isSecure"),
    maxAge: loginMs / 1000,
  });
}

/** Lets the browser forget the token. */
export function forgetLogin(context: Context<WebEnv>, path: string): void {
  deleteCookie(context, cookie, { path });
}
