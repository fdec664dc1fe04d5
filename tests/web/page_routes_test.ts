import assert from "node:assert/strict";
import type { WebSettings } from "../../src/config/mod.ts";
import { makePageAssets } from "../../src/web/page_assets.ts";
import { pageRoutes } from "../../src/web/page_routes.ts";

const bundle = { script: "let a=1;", style: "p{}" };
const assets = makePageAssets({ page: bundle, verify: bundle }, "1.2.3 (commit 0123)");

const routes = (basePath: string) => pageRoutes({ assets, settings: { basePath } as WebSettings });

Deno.test("each path of the page gets the same document, which names files that exist and do not change", async () => {
  const app = routes("/");
  const documents = await Promise.all(
    ["/", "/fleet", "/meter/a/b", "/sessions", "/record/12", "/verify"].map(async (path) => {
      const answer = await app.request(path);
      assert.deepEqual([answer.status, answer.headers.get("cache-control")], [200, "no-cache"], path);
      return await answer.text();
    }),
  );
  assert.equal(new Set(documents).size, 1);
  const names = [...(documents[0] ?? "").matchAll(/"(\/assets\/page-[0-9a-f]{16}\.(?:js|css))"/g)].map(([, name]) =>
    name
  );
  assert.equal(names.length, 2);
  const files = await Promise.all(names.map((name) => app.request(name ?? "")));
  assert.deepEqual(await Promise.all(files.map((file) => file.text())), [bundle.style, bundle.script]);
  assert.deepEqual(files.map(({ headers }) => [headers.get("content-type"), headers.get("cache-control")]), [
    ["text/css; charset=utf-8", "private, max-age=31536000, immutable"],
    ["text/javascript; charset=utf-8", "private, max-age=31536000, immutable"],
  ]);
  assert.equal((await app.request("/assets/page-0.js")).status, 404);
  assert.equal((await app.request("/other")).status, 404);
});

Deno.test("the document names its files and its base below the base path", async () => {
  const document = await (await routes("/energy").request("/")).text();
  assert.match(document, /data-base-path="\/energy"/);
  assert.match(document, /src="\/energy\/assets\/page-/);
  assert.match(await (await routes("/").request("/")).text(), /data-base-path=""/);
});

Deno.test("the file that verifies records is a download", async () => {
  const answer = await routes("/").request("/verify.html");
  assert.equal(answer.headers.get("content-disposition"), 'attachment; filename="verify.html"');
  assert.equal(await answer.text(), assets.verifyDocument);
});
