import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { isInstalledSource } from "../../src/package/contents.ts";
import { listTree } from "../../src/package/file_tree.ts";
import { type Lock, nameAndVersion, runtimeLock } from "../../src/package/runtime_lock.ts";
import { importedSpecifiers, runtimeConfig, usedImports } from "../../src/package/runtime_manifest.ts";
import project from "../../deno.json" with { type: "json" };

const root = new URL("../../", import.meta.url);
const folder = fileURLToPath(root);

const lock: Lock = JSON.parse(await Deno.readTextFile(new URL("deno.lock", root)));

/** The sources of the installed program: not the examples in the documents, which import the library by its name. */
async function installedSources(): Promise<string[]> {
  const trees = ["src", "bridge", "docs"].map((name) => listTree(folder, join(folder, name)));
  const sources = (await Promise.all(trees)).flat().map(({ path }) => path).filter(isInstalledSource);
  return await Promise.all(sources.map((file) => Deno.readTextFile(new URL(file, root))));
}

Deno.test("specifiers are found in static, dynamic, type and repeated exports, and nowhere else", () => {
  const source = [
    'import { one } from "one";',
    'import type { two } from "two/part";',
    'import {\n  three,\n  four,\n} from "three";',
    'export * from "./five.ts";',
    'import "six";',
    'const seven = await import("seven");',
    'type Eight = typeof import("eight");',
    'const text = "expected a list from " + "nine";',
    ' * import { ten } from "ten";',
  ].join("\n");
  assert.deepEqual(importedSpecifiers(source), ["one", "two/part", "three", "./five.ts", "six", "seven", "eight"]);
});

Deno.test("a source that imports an unknown package is an error", () => {
  const imports = { yaml: "npm:yaml@2.9.1", "@noble/hashes/": "npm:/@noble/hashes@2.4.0/" };
  assert.deepEqual(usedImports(imports, ['import { parse } from "yaml";', 'import "node:fs";', 'import "./a.ts";']), {
    yaml: "npm:yaml@2.9.1",
  });
  assert.deepEqual(Object.keys(usedImports(imports, ['import { sha256 } from "@noble/hashes/sha2.js";'])), [
    "@noble/hashes/",
  ]);
  assert.throws(() => usedImports(imports, ['import { parse } from "yml";']), /imports yml, which/);
});

Deno.test("the package has all dependencies of the project but those of the tests and of the bundled page", async () => {
  const imports = usedImports(project.imports, await installedSources());
  const development = Object.keys(project.imports).filter((name) => !(name in imports));
  assert.deepEqual(development, [
    "ajv",
    "axe-core",
    "esbuild",
    "fast-check",
    "htm",
    "nats.ws",
    "playwright-core",
    "preact",
    "typescript",
    "uplot",
  ]);
});

Deno.test("the lock of the package is the project's lock without those packages", async () => {
  const imports = usedImports(project.imports, await installedSources());
  const runtime = runtimeLock(lock, imports);
  const left = Object.keys(lock.npm).filter((id) => !(id in runtime.npm));
  // The bundler has a package for each processor and system
  const names = left.map((id) => nameAndVersion(id).name).filter((name) => !name.startsWith("@esbuild/"));
  assert.deepEqual(names, [
    "ajv",
    "axe-core",
    "esbuild",
    "fast-check",
    "fast-deep-equal",
    "fast-uri",
    "htm",
    "json-schema-traverse",
    "nats.ws",
    "playwright-core",
    "preact",
    "pure-rand",
    "require-from-string",
    "typescript",
    "uplot",
  ]);
  for (const [id, { integrity }] of Object.entries(runtime.npm)) assert.equal(integrity, lock.npm[id]?.integrity, id);
});

Deno.test("Deno accepts the lock of the package as it stands, without a network", async () => {
  const imports = usedImports(project.imports, await installedSources());
  const folder = await Deno.makeTempDir();
  try {
    const config = { ...runtimeConfig(project, imports), nodeModulesDir: "none" };
    await Deno.writeTextFile(`${folder}/deno.json`, JSON.stringify(config));
    await Deno.writeTextFile(`${folder}/deno.lock`, JSON.stringify(runtimeLock(lock, imports)));
    const main = Object.keys(imports).filter((name) => !name.endsWith("/")).map((name) => `import("${name}");\n`);
    await Deno.writeTextFile(`${folder}/main.ts`, `if (Deno.args.length > 0) {\n${main.join("")}}\n`);
    const { success, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--cached-only", "--frozen", "main.ts"],
      cwd: folder,
    }).output();
    assert.ok(success, new TextDecoder().decode(stderr));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("a version in a lock is left out where only one version remains", () => {
  const integrity = "sha512-AA==";
  const runtime = runtimeLock({
    version: "5",
    specifiers: { "npm:a@1.0.0": "1.0.0", "npm:dev@1.0.0": "1.0.0" },
    npm: {
      "a@1.0.0": { integrity, dependencies: ["b@1.0.0"] },
      "b@1.0.0": { integrity },
      "b@2.0.0": { integrity },
      "dev@1.0.0": { integrity, dependencies: ["b@2.0.0"] },
    },
    workspace: { dependencies: [] },
  }, { a: "npm:a@1.0.0" });
  assert.deepEqual(runtime.npm, { "a@1.0.0": { integrity, dependencies: ["b"] }, "b@1.0.0": { integrity } });
  assert.deepEqual(runtime.workspace.dependencies, ["npm:a@1.0.0"]);
});
