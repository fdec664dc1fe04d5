import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { verifyDocument } from "../../src/web/mod.ts";

const hash = (text: string, encoding: "base64" | "hex") => createHash("sha256").update(text).digest(encoding);

Deno.test("the policy of the file permits its own script and style, and no request", () => {
  const { html, codeSha256 } = verifyDocument({ script: "let a=1;", style: "p{color:red}" }, "1.2.3");
  const [, policy = ""] = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(html) ?? [];
  assert.deepEqual(policy.split("; ").toSorted(), [
    "base-uri 'none'",
    "default-src 'none'",
    "form-action 'none'",
    "img-src data:",
    `script-src 'sha256-${hash("let a=1;", "base64")}'`,
    `style-src 'sha256-${hash("p{color:red}", "base64")}'`,
  ]);
  assert.ok(html.includes('<script type="module">let a=1;</script>'));
  assert.equal(codeSha256, hash("let a=1;", "hex"));
});

Deno.test("texts in the script cannot end its element, and the version is escaped", () => {
  const script = 'const a = "</script><!--<SCRIPT>";';
  const { html } = verifyDocument({ script, style: "" }, '1"><b>');
  const [, code = ""] = /<script type="module">([^]*?)<\/script>/.exec(html) ?? [];
  assert.equal(code, String.raw`const a = "\x3C/script>\x3C!--<SCRIPT>";`);
  assert.ok(html.includes('<meta name="version" content="1&quot;&gt;&lt;b&gt;">'));
});
