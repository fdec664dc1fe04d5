import { html, raw } from "hono/html";
import { createHash } from "node:crypto";
import type { LoginTexts } from "./login_texts.ts";

/** What the page of the login shows. */
export interface LoginPage {
  readonly texts: LoginTexts;
  /** Address to which the form is sent. */
  readonly action: string;
  /** The name that was entered. */
  readonly user: string;
  /** Path to open after the login. */
  readonly next: string;
  /** Why the last attempt failed. */
  readonly failure?: string;
}

const style = `
:root{color-scheme:light dark}
body{font:1rem/1.5 system-ui,sans-serif;display:grid;place-content:center;min-height:100vh;margin:0}
form{display:grid;gap:.5rem;width:18rem;max-width:90vw}
h1{font-size:1.5rem;margin:0}
input,button{font:inherit;padding:.5rem;border:1px solid;border-radius:.25rem;min-width:0}
button{margin-top:.5rem;cursor:pointer}
p{margin:0;padding:.5rem;border-inline-start:.25rem solid #c62828}
`;

/** Hash of the style of the page, for the content security policy. */
export const loginStyleHash: string = `sha256-${createHash("sha256").update(style).digest("base64")}`;

/** The page of the login. It needs no script. */
export function loginPage({ texts, action, user, next, failure }: LoginPage): string {
  const page = html`
    <!doctype html>
    <html lang="${texts.lang}">
      <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <link rel="icon" href="data:,">
    <title>${texts.title} - Wattseal</title>
    ${raw(`<style>${style}</style>`)}
      </head>
      <body>
        <main>
          <form method="post" action="${action}">
    <h1>Wattseal</h1>
    ${failure === undefined ? "" : html`<p role="alert">${failure}</p>`}
    <label for="user">${texts.user}</label>
    <input id="user" name="user" value="${user}" autocomplete="username" autocapitalize="none" required autofocus>
    <label for="password">${texts.password}</label>
    <input id="password" name="password" type="password" autocomplete="current-password" required>
    <input type="hidden" name="next" value="${next}">
    <button>${texts.logIn}</button>
          </form>
        </main>
      </body>
    </html>
  `;
  return String(page);
}
