import { Hono } from "hono";
import { escapeMarkup } from "../base/markup.ts";
import type { PageAssets } from "./page_assets.ts";
import { pathRoot } from "./page_path.ts";
import { problem } from "./problem.ts";
import type { WebEnv } from "./web_env.ts";
import type { WebParts } from "./web_parts.ts";

/** The paths that a person opens. The script of the page decides what it shows there. */
const pagePaths = ["/", "/fleet", "/meter/:site/:meter", "/sessions", "/record/:seq", "/verify"];

/** Names of the files contain their hash. */
const unchanging = "private, max-age=31536000, immutable";

/** Serves the page itself: its document, its script and style, and the file that verifies records without a server. */
export function pageRoutes({ assets, settings }: Pick<WebParts, "assets" | "settings">): Hono<WebEnv> {
  const routes = new Hono<WebEnv>();
  routes.get("/assets/:name", (context) => {
    const name = context.req.param("name");
    const file = assets.files.get(name);
    if (file === undefined) return problem(context, 404, "not_found", `The page has no file ${name}; load it again`);
    return context.body(file.body, 200, { "content-type": file.contentType, "cache-control": unchanging });
  });
  routes.get("/verify.html", (context) =>
    context.html(assets.verifyDocument, 200, {
      "content-disposition": 'attachment; filename="verify.html"',
      "cache-control": "no-cache",
    }));
  const document = pageDocument(assets, pathRoot(settings.basePath));
  for (const path of pagePaths) {
    routes.get(path, (context) => context.html(document, 200, { "cache-control": "no-cache" }));
  }
  routes.all(
    "*",
    (context) => problem(context, 404, "not_found", `The page has no ${context.req.method} ${context.req.path}`),
  );
  return routes;
}

function pageDocument({ script, style, version }: PageAssets, base: string): string {
  const url = (name: string) => escapeMarkup(`${base}/assets/${name}`);
  return `<!doctype html>
<html lang="en" data-base-path="${escapeMarkup(base)}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="version" content="${escapeMarkup(version)}">
<title>Wattseal</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="${url(style)}">
<script type="module" src="${url(script)}"></script>
</head>
<body>
<div id="app"></div>
<noscript>
<p>This page needs JavaScript.</p>
<p lang="de">Diese Seite ben&ouml;tigt JavaScript.</p>
</noscript>
</body>
</html>
`;
}
