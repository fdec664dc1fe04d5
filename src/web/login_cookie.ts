import type { Context } from "hono";
import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import type { WebSettings } from "../config/mod.ts";
import { loginMs } from "./login_sessions.ts";
import type { WebEnv } from "./web_env.ts";

/** The cookie with the token of a login. */
export class LoginCookie {
  readonly #name: string;
  readonly #path: string;

  constructor({ listen, basePath }: Pick<WebSettings, "listen" | "basePath">) {
    // The ports of a host share its cookies
    this.#name = `wattseal_login_${listen.port}`;
    this.#path = basePath;
  }

  /** The token in a request; undefined: there is none. */
  token(context: Context<WebEnv>): string | undefined {
    return getCookie(context, this.#name, this.#options(context).prefix);
  }

  /** Lets the browser keep a token. Scripts cannot read it, and other pages cannot send it. */
  keep(context: Context<WebEnv>, token: string): void {
    setCookie(context, this.#name, token, {
      ...this.#options(context),
      httpOnly: true,
      sameSite: "Strict",
      maxAge: loginMs / 1000,
    });
  }

  /** Lets the browser forget the token. */
  forget(context: Context<WebEnv>): void {
    deleteCookie(context, this.#name, this.#options(context));
  }

  /** With a prefix, no server without TLS can set the cookie; `__Host-` is only allowed for the path `/`. */
  #options(context: Context<WebEnv>) {
    const path = this.#path;
    if (!context.get("isSecure")) return { path, secure: false };
    return { path, secure: true, prefix: path === "/" ? "host" as const : "secure" as const };
  }
}
