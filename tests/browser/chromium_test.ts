import assert from "node:assert/strict";
import { axeViolations, browserTest, openPage } from "../support/chromium.ts";

/** A page that does all that the pages of the product must not do. */
const page = `<!doctype html><title>wrong</title>
<img src="/missing.png">
<script>document.title = "not blocked"</script>
<script src="/script.js"></script>`;
const script = `console.error("reported"); fetch("http://other.invalid/").catch(() => {}); throw new Error("thrown");`;

browserTest("errors, blocked contents, requests and violations of accessibility are collected", async (browser) => {
  await using server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, (request) => {
    const { pathname } = new URL(request.url);
    const csp = { "content-security-policy": "script-src 'self'" };
    if (pathname === "/") return new Response(page, { headers: { "content-type": "text/html", ...csp } });
    if (pathname === "/script.js") return new Response(script, { headers: { "content-type": "text/javascript" } });
    return new Response("", { status: 404 });
  });
  const origin = `http://127.0.0.1:${server.addr.port}`;
  await using opened = await openPage(browser);
  await opened.page.goto(origin);
  assert.equal(await opened.page.title(), "wrong");
  const violations = await axeViolations(opened.page);
  assert.match(violations.join("\n"), /^html-has-lang: .*\n(.*\n)*image-alt: .*: <img src="\/missing\.png">/m);
  const problems = opened.problems.join("\n");
  for (const expected of [/reported/, /uncaught: Error: thrown/, /404/, /Content Security Policy/]) {
    assert.match(problems, expected);
  }
  assert.deepEqual(opened.foreignRequests(origin), ["http://other.invalid/"]);
  assert.ok(opened.requests.includes(`${origin}/missing.png`));
});
