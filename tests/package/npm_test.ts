import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import project from "../../deno.json" with { type: "json" };
import { silentLog } from "../../src/base/log.ts";
import { loadConfig } from "../../src/config/mod.ts";
import { buildNpm } from "../../src/package/npm/build_npm.ts";
import { runTool } from "../../src/package/run_tool.ts";
import { Service } from "../../src/service.ts";
import { SimulatedMeter } from "../../src/simulator/mod.ts";
import { openSite } from "../support/site.ts";
import { npmScript, npmTypes } from "./npm_script.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** Starts the service of a site with one meter. @returns the address of its NATS server */
async function servedSite(parts: AsyncDisposableStack): Promise<string> {
  const site = parts.use(await openSite({ meters: [new SimulatedMeter({ unit: 1 })] }));
  const settings = loadConfig(await Deno.readTextFile(site.config), { path: site.config, env: () => undefined });
  const service = await Service.start(settings, { log: silentLog });
  parts.defer(() => service.stop());
  await service.metersTried;
  return site.server.address;
}

Deno.test("the npm package of the client", async (t) => {
  await using parts = new AsyncDisposableStack();
  const folder = parts.adopt(
    await Deno.makeTempDir({ prefix: "wattseal-npm-test-" }),
    (path) => Deno.remove(path, { recursive: true }),
  );
  const work = join(folder, "work");
  await Deno.mkdir(work);
  const tarball = await buildNpm({ project: root, out: join(folder, "dist"), work });
  await runTool("tar", ["--extract", "--file", tarball, "--directory", folder]);

  await t.step("has its files and no dependency", async () => {
    const names = [...Deno.readDirSync(join(folder, "package"))].map(({ name }) => name).sort();
    assert.deepEqual(names, ["LICENSE", "README.md", "client.d.ts", "client.js", "package.json"]);
    const manifest = JSON.parse(await Deno.readTextFile(join(folder, "package/package.json")));
    assert.deepEqual([manifest.name, manifest.version, manifest.dependencies], [
      "@wattseal/client",
      project.version,
      undefined,
    ]);
    const script = await Deno.readTextFile(join(folder, "package/client.js"));
    assert.doesNotMatch(script, /^import |\bDeno\.|\brequire\(/m);
  });

  const address = await servedSite(parts);

  await t.step("drives a transaction from Node, and everything that it exports works there", async () => {
    const node = join(folder, "node");
    await Deno.mkdir(join(node, "node_modules/@wattseal"), { recursive: true });
    const settings = { nodeModulesDir: "auto", imports: { nats: project.imports.nats } };
    await Deno.writeTextFile(join(node, "deno.json"), JSON.stringify(settings));
    await Deno.writeTextFile(join(node, "main.mjs"), npmScript);
    await runTool(Deno.execPath(), ["install", "--quiet"], { cwd: node });
    await Deno.mkdir(join(node, "node_modules/@wattseal"), { recursive: true });
    await Deno.symlink(join(folder, "package"), join(node, "node_modules/@wattseal/client"));
    const { exported, failed } = JSON.parse(await runTool("node", ["main.mjs", address], { cwd: node }));
    assert.deepEqual(failed, []);
    assert.ok(exported >= 20, `only ${exported} values are exported`);
  });

  await t.step(
    "drives a transaction from a Deno project with an empty deno.json, in which it is unpacked",
    async () => {
      const other = join(folder, "other");
      await Deno.mkdir(other);
      await Deno.writeTextFile(join(other, "deno.json"), "{}");
      await runTool("tar", ["--extract", "--file", tarball], { cwd: other });
      const specifier = "./package/client.js";
      await Deno.writeTextFile(join(other, "types.ts"), npmTypes.replaceAll("SPECIFIER", specifier));
      const program = npmScript.replace('"@wattseal/client"', `"${specifier}"`)
        .replace('"nats"', `"${project.imports.nats}"`);
      await Deno.writeTextFile(join(other, "main.mjs"), program);
      await runTool(Deno.execPath(), ["check", "--quiet", "types.ts"], { cwd: other });
      const { exported, failed } = JSON.parse(
        await runTool(Deno.execPath(), ["run", "--quiet", "--allow-net", "--allow-env", "main.mjs", address], {
          cwd: other,
        }),
      );
      assert.deepEqual(failed, []);
      assert.ok(exported >= 20, `only ${exported} values are exported`);
    },
  );

  await t.step("has types for TypeScript without Deno", async () => {
    const file = join(folder, "node/types.mts");
    await Deno.writeTextFile(file, npmTypes.replaceAll("SPECIFIER", "@wattseal/client"));
    const program = ts.createProgram([file], {
      module: ts.ModuleKind.NodeNext,
      target: ts.ScriptTarget.ES2022,
      lib: ["lib.es2022.d.ts", "lib.dom.d.ts"],
      types: [],
      strict: true,
      exactOptionalPropertyTypes: true,
      noEmit: true,
    });
    const problems = ts.getPreEmitDiagnostics(program).map(({ messageText }) =>
      ts.flattenDiagnosticMessageText(messageText, "\n")
    );
    assert.deepEqual(problems, []);
  });
});
