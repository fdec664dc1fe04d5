import assert from "node:assert/strict";
import { installedPath, isProgram, links } from "../../src/package/contents.ts";
import { debianVersion, fill, writeControlFiles } from "../../src/package/control_files.ts";
import { listTree, normaliseTree, writeFile } from "../../src/package/file_tree.ts";
import { stripModules } from "../../src/package/node_modules.ts";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const templates = fileURLToPath(new URL("../../config/debian", import.meta.url));

async function inFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("each kind of file has its place on a station; build code and tests have none", () => {
  const places = {
    "src/cli/main.ts": "usr/lib/wattseal/app/src/cli/main.ts",
    "bridge/mod.ts": "usr/lib/wattseal/app/bridge/mod.ts",
    "config/debian/wattseal.sh": "usr/bin/wattseal",
    "config/debian/site.yaml": "etc/wattseal/site.yaml",
    "config/systemd/wattseal.service": "usr/lib/systemd/system/wattseal.service",
    "config/systemd/wattseal-bridge@.service": "usr/lib/systemd/system/wattseal-bridge@.service",
    "config/systemd/wattseal-web.service": "usr/lib/systemd/system/wattseal-web.service",
    "config/udev/70-wattseal.rules": "usr/lib/udev/rules.d/70-wattseal.rules",
    "config/one-meter.yaml": "usr/share/doc/wattseal/examples/one-meter.yaml",
    "config/schema.json": "usr/share/wattseal/schema.json",
    "config/everest.schema.json": "usr/share/wattseal/everest.schema.json",
    "config/nats/rights/viewer.conf": "usr/share/doc/wattseal/examples/nats/rights/viewer.conf",
    "config/monitoring/wattseal.rules.yaml": "usr/share/doc/wattseal/monitoring/wattseal.rules.yaml",
    "config/monitoring/grafana-dashboard.json": "usr/share/doc/wattseal/monitoring/grafana-dashboard.json",
    "docs/examples/billing.py": "usr/share/doc/wattseal/examples/billing.py",
    "docs/examples/README.md": "usr/share/doc/wattseal/examples/README.md",
    "docs/journal.md": "usr/share/doc/wattseal/journal.md",
    "CHANGELOG.md": "usr/share/doc/wattseal/CHANGELOG.md",
  };
  for (const [file, place] of Object.entries(places)) assert.equal(installedPath(file), place);
  const others = ["src/package/main.ts", "src/bundle/main.ts", "src/page/main.ts", "src/page/main.css"];
  for (const file of [...others, "tests/run.ts", "mod.ts", "deno.json", "config/debian/postinst"]) {
    assert.equal(installedPath(file), undefined, file);
  }
  assert.deepEqual(
    ["usr/bin/wattseal", "usr/lib/wattseal/deno", "DEBIAN/postinst", "DEBIAN/control", "etc/wattseal/site.yaml"].map(
      isProgram,
    ),
    [true, true, true, false, false],
  );
});

Deno.test("every example finds the schema that it names, in the project and in the package", async () => {
  const installed = Object.fromEntries(links.map(([link, target]) => [link, join(dirname(link), target)]));
  const project = new URL("../../config/", import.meta.url);
  const names = [...Deno.readDirSync(project)].filter(({ name }) => name.endsWith(".yaml")).map(({ name }) => name);
  for (const name of [...names, "debian/site.yaml"]) {
    const text = await Deno.readTextFile(new URL(name, project));
    const [, schema = ""] = /^# yaml-language-server: \$schema=(\S+)\n/.exec(text) ?? [];
    if (name !== "debian/site.yaml") assert.ok(Deno.statSync(new URL(schema, project)).isFile, name);
    const path = resolve(dirname(`/${installedPath(`config/${name}`)}`), schema).slice(1);
    assert.equal(installed[path] ?? path, installedPath("config/schema.json"), name);
  }
});

Deno.test("a version before a release is older than the release for Debian", () => {
  assert.equal(debianVersion("1.2.3"), "1.2.3");
  assert.equal(debianVersion("1.2.3-rc.1"), "1.2.3~rc.1");
});

Deno.test("the control files contain version, size and checksums, but not of configuration files", () =>
  inFolder(async (root) => {
    await writeFile(`${root}/etc/wattseal/site.yaml`, "site: a\n");
    await writeFile(`${root}/usr/bin/wattseal`, "x".repeat(3000));
    await writeControlFiles(root, templates, { version: "1.2.3", architecture: "arm64", commit: "0123" });
    const control = await Deno.readTextFile(`${root}/DEBIAN/control`);
    assert.match(control, /^Package: wattseal\nVersion: 1\.2\.3\nArchitecture: arm64\n/);
    assert.match(control, /\nInstalled-Size: 3\n[^]*\nCommit: 0123\n/);
    assert.match(await Deno.readTextFile(`${root}/DEBIAN/md5sums`), /^[0-9a-f]{32} {2}usr\/bin\/wattseal\n$/);
    assert.throws(
      () => fill("@size@", { version: "", architecture: "", commit: "", installedKib: "" }),
      /names @size@/,
    );
  }));

Deno.test("modes and times do not depend on who built the tree, and when", () =>
  inFolder(async (root) => {
    await writeFile(`${root}/usr/bin/wattseal`, "");
    await writeFile(`${root}/etc/site.yaml`, "");
    await Deno.symlink("wattseal", `${root}/usr/bin/link`);
    await Deno.chmod(`${root}/etc`, 0o2700);
    await Deno.chmod(`${root}/etc/site.yaml`, 0o666);
    await normaliseTree(root, 1_700_000_000, isProgram);
    const found: Record<string, string> = {};
    for (const { path, kind } of await listTree(root)) {
      const { mode, mtime } = await Deno.lstat(`${root}/${path}`);
      assert.equal(mtime?.getTime(), 1_700_000_000_000, path);
      found[path] = `${kind} ${kind === "link" ? "" : ((mode ?? 0) & 0o7777).toString(8)}`;
    }
    assert.deepEqual(found, {
      "etc": "folder 755",
      "etc/site.yaml": "file 644",
      "usr": "folder 755",
      "usr/bin": "folder 755",
      "usr/bin/link": "link ",
      "usr/bin/wattseal": "file 755",
    });
  }));

Deno.test("only the native addon of the processor stays, and none of Deno's notes", () =>
  inFolder(async (root) => {
    const addons = ".deno/b@1.0.0/node_modules/b/prebuilds";
    await writeFile(`${root}/${addons}/linux-x64/b.glibc.node`, "");
    await writeFile(`${root}/${addons}/linux-x64/b.musl.node`, "");
    await writeFile(`${root}/${addons}/win32-x64/b.node`, "");
    await writeFile(`${root}/.deno/.setup-cache.bin`, "");
    await writeFile(`${root}/.bin/b`, "");
    await writeFile(`${root}/.deno/b@1.0.0/.initialized`, "");
    await stripModules(root, /\/linux-x64\/.*\.glibc\.node$/);
    const files = (await listTree(root)).filter(({ kind }) => kind === "file").map(({ path }) => path);
    assert.deepEqual(files, [`${addons}/linux-x64/b.glibc.node`]);
    await assert.rejects(stripModules(root, /\/linux-arm64\//), /No native addon/);
  }));
