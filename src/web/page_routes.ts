import { Hono } from "hono";
import { html } from "hono/html";
import { pathRoot } from "./page_path.ts";
import { problem } from "./problem.ts";
import type { WebEnv } from "./web_env.ts";
import type { WebParts } from "./web_parts.ts";

/** Paths that the script of the page shows. */
const pagePaths = ["/", "/fleet", "/meter/:site/:meter", "/sessions", "/record/:seq", "/verify"];

/** The page itself: one document for all of its paths, and its files. */
export function pageRoutes({ settings, assets }: Pick<WebParts, "settings" | "assets">): Hono<WebEnv> {
  const area = new Hono<WebEnv>();
  const shell = shellText(pathRoot(settings.basePath), assets);
  for (const path of pagePaths) {
    area.get(path, (context) => {
      context.header("Cache-Control", "no-cache");
      return context.html(shell);
    });
  }
  area.get("/assets/:name", (context) => {
    const name = context.req.param("name");
    const asset = assets.files.get(name);
    if (asset === undefined) return problem(context, 404, "not_found", `The page has no file ${JSON.stringify(name)}`);
    context.header("Cache-Control", "private, max-age=31536000, immutable");
    return context.body(asset.body, 200, { "Content-Type": asset.contentType });
  });
  area.all(
    "*",
    (context) => problem(context, 404, "not_found", `The page has no ${context.req.method} ${context.req.path}`),
  );
  return area;
}

function shellText(root: string, { script, style }: WebParts["assets"]): string {
  const page = html`
    <!doctype html>
    <html lang="en" data-base-path="${root}">
      <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <title>Wattseal</title>
        <link rel="icon" href="data:,">
        <link rel="stylesheet" href="${root}/assets/${style}">
        <script type="module" src="${root}/assets/${script}"></script>
      </head>
      <body>
        <div id="app"><noscript>This page needs JavaScript. Diese Seite ben\\u00f6tigt JavaScript.</noscript></div>
      </body>
    </html>
  `;
  return String(page);
}
