import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import project from "../../deno.json" with { type: "json" };
import { installBundles } from "../../src/package/bundles.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

async function inFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "wattseal-bundles-" });
  try {
    await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("a package gets the bundles, and lists what they contain of others with its licence", () =>
  inFolder(async (work) => {
    const commit = { id: "0123", epoch: 0, files: ["src/bundle/main.ts"] };
    const components = await installBundles({ project: root, commit, work }, join(work, "page"));
    assert.deepEqual(
      [...Deno.readDirSync(join(work, "page"))].map(({ name }) => name).toSorted(),
      ["page.css", "page.js", "verify.css", "verify.js"],
    );
    const found = components.map(({ name, version }) => `${name}@${version}`).toSorted();
    const used = ["@noble/curves/", "@noble/hashes/", "htm", "preact", "uplot"] as const;
    assert.deepEqual(found, used.map((name) => project.imports[name].replace(/^npm:\/?|\/$/g, "")));
    for (const { folder, licence, licenceText, integrity } of components) {
      assert.equal(folder, "app/page");
      assert.match(licence, /^(MIT|Apache-2\.0)$/);
      assert.match(licenceText, /Permission is hereby granted|Apache License/);
      assert.match(integrity, /^sha512-/);
    }
  }));

Deno.test("the package of a commit without pages has no bundles", () =>
  inFolder(async (work) => {
    const commit = { id: "0123", epoch: 0, files: ["src/cli/main.ts"] };
    assert.deepEqual(await installBundles({ project: root, commit, work }, join(work, "page")), []);
    assert.deepEqual([...Deno.readDirSync(work)], []);
  }));
