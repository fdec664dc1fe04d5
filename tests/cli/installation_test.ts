import assert from "node:assert/strict";
import { version } from "../../src/base/version.ts";
import { versionText } from "../../src/cli/installation.ts";
import { schemaLine } from "../../src/cli/schema_line.ts";
import { installedPath } from "../../src/package/contents.ts";
import { runCommand } from "../support/run_command.ts";
import { everest, run } from "./everest_file.ts";

Deno.test("--version prints the semantic version and the commit of a checkout", async () => {
  const { code, out, err } = await runCommand(["--version"]);
  assert.match(version, /^\d+\.\d+\.\d+/);
  assert.deepEqual([code, err], [0, ""]);
  // Without git, and in sources without a repository, only the version is known.
  assert.match(out, new RegExp(`^${version.replaceAll(".", "\\.")}( \\(commit [0-9a-f]{40}\\))?\n$`));
});

Deno.test("--version prints the commit that a package was built from", async () => {
  const installation = { call: "wattseal", commit: "0123abcd" } as const;
  assert.equal(versionText(installation), `${version} (commit 0123abcd)`);
  assert.equal((await runCommand(["--version"], { installation })).out, `${version} (commit 0123abcd)\n`);
});

Deno.test("scan and import-everest name the schema of their installation in the first line of a configuration", async () => {
  const [, inPackage] = schemaLine({ call: "wattseal" }).split("=");
  assert.equal(`/${installedPath("config/schema.json")}`, inPackage);
  const { out } = await run(everest);
  const [, path = ""] = /^# yaml-language-server: \$schema=(.*)\n/.exec(out) ?? [];
  assert.match(JSON.parse(await Deno.readTextFile(path))["$schema"], /draft-07/);
});

Deno.test("help shows commands as they are called in this installation", async () => {
  const help = async (call: "wattseal" | "deno task") =>
    (await runCommand(["journal", "export", "--help"], { installation: { call, commit: "0123abcd" } })).out;
  const installed = await help("wattseal");
  assert.match(installed, /^Usage: wattseal journal export /);
  assert.match(installed, /\n {2}wattseal journal export /);
  assert.doesNotMatch(installed, /deno task/);
  assert.match(await help("deno task"), /^Usage: deno task journal export [^]*\n {2}deno task journal export /);
});

interface Graph {
  readonly modules: readonly {
    readonly specifier: string;
    readonly dependencies?: readonly {
      readonly isDynamic?: boolean;
      readonly code?: { readonly specifier?: string };
    }[];
  }[];
}

/** The modules that are loaded with `file`, without those that it imports later. */
async function loadedWith(file: string): Promise<string[]> {
  return (await importsWith(file)).loaded;
}

/** The modules that are loaded with `file`, and those that they import later. */
async function importsWith(file: string): Promise<{ loaded: string[]; later: string[] }> {
  const entry = new URL(`../../src/cli/${file}`, import.meta.url).href;
  const { stdout } = await new Deno.Command(Deno.execPath(), { args: ["info", "--json", entry] }).output();
  const { modules }: Graph = JSON.parse(new TextDecoder().decode(stdout));
  const loaded = new Set<string>();
  const later = new Set<string>();
  const load = (specifier: string): void => {
    if (loaded.has(specifier)) return;
    loaded.add(specifier);
    for (const { isDynamic, code } of modules.find((module) => module.specifier === specifier)?.dependencies ?? []) {
      if (code?.specifier === undefined) continue;
      if (isDynamic === true) later.add(code.specifier);
      else load(code.specifier);
    }
  };
  load(entry);
  return { loaded: [...loaded], later: [...later].filter((specifier) => !loaded.has(specifier)) };
}

Deno.test("the program loads the code of a command only when the command is called", async () => {
  const loaded = await loadedWith("run_program.ts");
  assert.ok(loaded.length > 10);
  const expected = /\/src\/(cli|base)\/|\/deno\.json$|^npm:\/?commander@|^node:/;
  assert.deepEqual(loaded.filter((specifier) => !expected.test(specifier)), []);
});

Deno.test("commands that may need no configuration load its code only if they do", async () => {
  const commands = ["tx.ts", "watch.ts", "fleet_list.ts", "reload.ts", "log_level.ts", "journal_list.ts", "verify.ts"];
  await Promise.all(commands.map(async (file) => {
    assert.deepEqual((await loadedWith(file)).filter((specifier) => specifier.includes("/src/config/")), [], file);
  }));
});

Deno.test("health loads neither packages nor Node's modules, which take long to load", async () => {
  for (const file of ["main.ts", "health.ts"]) {
    assert.deepEqual((await loadedWith(file)).filter((specifier) => /^(npm|node):/.test(specifier)), [], file);
  }
});

Deno.test("the service imports nothing late but what start.ts loads at the start", async () => {
  const { later } = await importsWith("start.ts");
  const files = later.filter((specifier) => specifier.startsWith("file:"))
    .map((specifier) => specifier.split("/src/").at(-1)).sort();
  const atStart = ["control/control_server.ts", "metrics/open_telemetry.ts"];
  const byLoadLaterCode = ["line/modbus_client.ts", "metrics/metrics_server.ts"];
  assert.deepEqual(files, [...atStart, ...byLoadLaterCode].sort());
});
