import { createHash } from "node:crypto";
import { escapeMarkup } from "../base/markup.ts";
import type { Bundle } from "../base/page_bundles.ts";

/** The page that verifies records, as one file. */
export interface VerifyDocument {
  readonly html: string;
  /** SHA-256 of its script, in hex. The page shows it too. */
  readonly codeSha256: string;
}

/**
 * Puts the page that verifies records into one file, which works from a disk. Its content security policy permits its own
 * script and style alone: the page cannot send a request.
 *
 * @param version with the commit, for people
 */
export function verifyDocument({ script, style }: Bundle, version: string): VerifyDocument {
  const code = forScriptElement(script);
  const policy = [
    "default-src 'none'",
    `script-src 'sha256-${sha256(code, "base64")}'`,
    `style-src 'sha256-${sha256(style, "base64")}'`,
    "img-src data:",
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  const html = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="version" content="${escapeMarkup(version)}">
<title>Wattseal</title>
<link rel="icon" href="data:,">
<style>${style}</style>
</head>
<body>
<div id="app"></div>
<noscript>
<p>This page verifies records with JavaScript, which is disabled in this browser.</p>
<p lang="de">Diese Seite pr&uuml;ft Datens&auml;tze mit JavaScript, das in diesem Browser ausgeschaltet ist.</p>
</noscript>
<script type="module">${code}</script>
</body>
</html>
`;
  return { html, codeSha256: sha256(code, "hex") };
}

/** Within an element, these characters would end the script, or begin a comment. They occur in its texts only. */
function forScriptElement(script: string): string {
  return script.replace(/<(?=\/script|!--)/gi, "\\x3C");
}

function sha256(text: string, encoding: "base64" | "hex"): string {
  return createHash("sha256").update(text).digest(encoding);
}
