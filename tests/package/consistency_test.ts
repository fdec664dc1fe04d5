import assert from "node:assert/strict";
import project from "../../deno.json" with { type: "json" };
import { describeCommands } from "../../src/cli/mod.ts";
import { architectures } from "../../src/package/architectures.ts";
import { lockedVersion, readBinaryLock } from "../../src/package/deno_binary.ts";
import { load, problemsOf } from "../support/config_text.ts";

const root = new URL("../../", import.meta.url);
const text = (file: string) => Deno.readTextFile(new URL(file, root));

Deno.test("the package contains the Deno release that the documents and the continuous integration name", async () => {
  const lock = await readBinaryLock(root.pathname);
  const versions = new Set(Object.values(architectures).map(({ denoPackage }) => lockedVersion(lock, denoPackage)));
  assert.equal(versions.size, 1);
  const [version = ""] = versions;
  for (const file of ["README.md", "CONTRIBUTING.md", ".ci/run"]) {
    const named = [...(await text(file)).matchAll(/deno@(\d+\.\d+\.\d+)/g)].map(([, release]) => release);
    assert.deepEqual([...new Set(named)], [version], file);
  }
  assert.match(await text("config/debian/licences/deno.txt"), new RegExp(`/tree/v${version.replaceAll(".", "\\.")}\n`));
});

Deno.test("the service runs with the same options of V8 and of loading in a checkout, from the command and as a unit", async () => {
  const options = (command: string) => /--unstable-lazy-dynamic-imports --v8-flags=[^\s"]+/.exec(command)?.[0];
  const expected = options(project.tasks.start.command);
  assert.ok(expected !== undefined);
  assert.equal(options(await text("config/debian/wattseal.sh")), expected);
  assert.equal(options(await text("config/systemd/wattseal.service")), expected);
});

Deno.test("the command and the units run Deno with the same options, without a network and without writing", async () => {
  const needed = ["--cached-only", "--frozen", "--no-prompt", "--no-code-cache"];
  const units = ["wattseal.service", "wattseal-bridge@.service", "wattseal-everest.service", "wattseal-web.service"];
  for (const file of ["debian/wattseal.sh", ...units.map((unit) => `systemd/${unit}`)]) {
    const command = await text(`config/${file}`);
    for (const option of needed) assert.ok(command.includes(` ${option} `), `${file}: ${option}`);
    for (const name of ["DENO_DIR", "DENO_NO_UPDATE_CHECK", "DENO_NO_PACKAGE_JSON", "DENO_EMIT_CACHE_MODE"]) {
      assert.ok(command.includes(` ${name}=`) || command.includes(`=${name}=`), `${file}: ${name}`);
    }
  }
});

Deno.test("nothing that an installed command prints names a task of a checkout", async () => {
  assert.doesNotMatch(JSON.stringify(describeCommands()), /deno task/);
  const { stdout } = await new Deno.Command("grep", {
    args: ["-rl", "deno task", "bridge", "src", "--include=*.ts"],
    cwd: root,
  }).output();
  const files = new TextDecoder().decode(stdout).split("\n").filter((file) => file !== "");
  assert.deepEqual(files.filter((file) => !file.startsWith("src/package/")), ["src/cli/installation.ts"]);
});

Deno.test("the template of the configuration cannot be started as it is, and is valid with its lines enabled", async () => {
  const template = await text("config/debian/site.yaml");
  assert.deepEqual(problemsOf(template).map(({ key }) => key), ["site", "lines"]);
  const [head = "", examples = ""] = template.split(/^(?=state_dir:)/m);
  const enabled = load(`${head}${examples.replaceAll(/^# (?=site:|nats:|lines:| {2})/gm, "")}`);
  assert.equal(enabled.stateDir, "/var/lib/wattseal");
  assert.deepEqual([enabled.site, enabled.lines.length], ["berlin-01", 1]);
});
