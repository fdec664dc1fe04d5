import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import project from "../../deno.json" with { type: "json" };
import { bundleFolder, isInstalledSource, programFolder } from "../../src/package/contents.ts";
import { listTree } from "../../src/package/file_tree.ts";
import { runtimeLock } from "../../src/package/runtime_lock.ts";
import { runtimeConfig, usedImports } from "../../src/package/runtime_manifest.ts";
import { runTool } from "../../src/package/run_tool.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

Deno.test("the installed program exports the page that verifies records, without a bundler", async () => {
  const folder = await Deno.makeTempDir({ prefix: "wattseal-installed-" });
  try {
    const trees = await Promise.all(["src", "bridge"].map((name) => listTree(root, join(root, name))));
    const files = trees.flat().map(({ path }) => path).filter(isInstalledSource);
    const sources: string[] = [];
    for (const file of files) {
      await Deno.mkdir(dirname(join(folder, file)), { recursive: true });
      await Deno.copyFile(join(root, file), join(folder, file));
      sources.push(await Deno.readTextFile(join(root, file)));
    }
    const imports = usedImports(project.imports, sources);
    assert.ok(!("esbuild" in imports) && !("preact" in imports));
    const lock = runtimeLock(JSON.parse(await Deno.readTextFile(join(root, "deno.lock"))), imports);
    const config = { ...runtimeConfig(project, imports), nodeModulesDir: "none" };
    await Deno.writeTextFile(join(folder, "deno.json"), JSON.stringify(config));
    await Deno.writeTextFile(join(folder, "deno.lock"), JSON.stringify(lock));
    await Deno.writeTextFile(join(folder, "release.json"), '{"commit":"0123"}');
    const bundles = join(folder, bundleFolder.slice(`${programFolder}/app/`.length));
    await Deno.mkdir(bundles);
    for (const name of ["page.js", "page.css", "verify.js", "verify.css"]) {
      await Deno.writeTextFile(join(bundles, name), `/* ${name} */`);
    }
    const main = ["run", "--cached-only", "--frozen", "--allow-all", "src/cli/main.ts"];
    const html = await runTool(Deno.execPath(), [...main, "web", "--export", "-"], { cwd: folder });
    assert.match(html, /<style>\/\* verify\.css \*\/<\/style>[^]*<script type="module">\/\* verify\.js \*\/<\/script>/);
    assert.match(html, new RegExp(`content="${project.version} \\(commit 0123\\)"`));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
