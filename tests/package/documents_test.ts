import assert from "node:assert/strict";
import { type CommandDescription, describeCommands } from "../../src/cli/mod.ts";
import { bashCompletion } from "../../src/package/bash_completion.ts";
import type { Component } from "../../src/package/components.ts";
import { copyright } from "../../src/package/copyright.ts";
import { manPage } from "../../src/package/man_page.ts";
import { sbom } from "../../src/package/sbom.ts";

const commands = describeCommands();

/** The paths of all commands: `wattseal tx start`. */
function pathsOf(command: CommandDescription, parents = ""): string[] {
  const path = `${parents}${command.name}`;
  return [path, ...command.commands.flatMap((child) => pathsOf(child, `${path} `))];
}

Deno.test("the manual page has a section for each command, with all options and examples", () => {
  const page = manPage(commands, { version: "1.2.3", epoch: 1_700_000_000 });
  assert.match(page, /^\.TH WATTSEAL 1 2023-11-14 "Wattseal 1\.2\.3" /);
  for (const path of pathsOf(commands).slice(1)) {
    assert.ok(page.includes(`.SS "${path.replaceAll("-", "\\-")}"\n`), path);
  }
  assert.ok(page.includes("\\fB\\-\\-undelivered\\fR\n"));
  assert.ok(page.includes("\nwattseal journal list \\-\\-config"));
  assert.doesNotMatch(page, /deno task/);
});

Deno.test("the manual page escapes what groff would interpret", () => {
  const odd = {
    name: "x",
    usage: "",
    description: "'a\\b\"-",
    choices: [],
    options: [],
    examples: [".c"],
    commands: [],
  };
  const page = manPage({ ...odd, name: "wattseal", commands: [odd] }, { version: "1.0.0", epoch: 0 });
  assert.ok(page.includes("\n\\(aqa\\eb\\(dq\\-.\n"));
  assert.ok(page.includes("\n\\&.c\n"));
});

/** What bash offers after a command line; the last word is completed. */
async function completed(...words: readonly string[]): Promise<string[]> {
  const script = `${bashCompletion(commands)}
    COMP_WORDS=("$@"); COMP_CWORD=$((\${#COMP_WORDS[@]} - 1)); _wattseal; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout, stderr } = await new Deno.Command("bash", { args: ["-c", script, "bash", "wattseal", ...words] })
    .output();
  assert.equal(new TextDecoder().decode(stderr), "");
  return new TextDecoder().decode(stdout).split("\n").filter((word) => word !== "");
}

Deno.test("bash completes commands, options and values", async () => {
  assert.deepEqual(await completed("jour"), ["journal"]);
  assert.deepEqual(await completed("tx", "sta"), ["start", "status"]);
  assert.deepEqual(await completed("journal", "--config", "site.yaml", "export", "--form"), ["--format"]);
  assert.deepEqual(await completed("journal", "export", "--format", ""), ["jsonl", "xml", "csv"]);
  assert.deepEqual(await completed("bridge", "--parity", "o"), ["odd"]);
  assert.deepEqual(await completed("log-level", "de"), ["debug"]);
});

Deno.test("bash completes names of files where a value is not a choice", async () => {
  assert.deepEqual(await completed("start", "--config", ""), []);
  assert.deepEqual(await completed("verify", "/etc/"), []);
});

const components: Component[] = [
  {
    name: "beta",
    version: "2.0.0",
    licence: "MIT",
    licenceText: "MIT License\n\nCopyright (c) 2020 B. Author\n",
    folder: "app/node_modules/beta",
    integrity: "sha512-AQI=",
    dependencies: ["@alpha/one@1.0.0"],
  },
  {
    name: "@alpha/one",
    version: "1.0.0",
    licence: "Apache-2.0",
    licenceText: "Apache License\n\n      copyright license to reproduce, prepare Derivative Works of,\n",
    folder: "app/node_modules/alpha",
    integrity: "sha512-/w==",
    dependencies: [],
  },
];

Deno.test("the list of components names each one with its origin, checksum, licence and dependencies", () => {
  const identity = { version: "1.2.3", architecture: "arm64", commit: "0123", epoch: 1_700_000_000, licence: "MIT" };
  const list = sbom(identity, components);
  assert.partialDeepStrictEqual(list, {
    bomFormat: "CycloneDX",
    metadata: {
      timestamp: "2023-11-14T22:13:20.000Z",
      component: { name: "wattseal", purl: "pkg:deb/wattseal@1.2.3?arch=arm64" },
    },
    components: [
      {
        name: "@alpha/one",
        purl: "pkg:npm/%40alpha/one@1.0.0",
        hashes: [{ alg: "SHA-512", content: "ff" }],
        licenses: [{ expression: "Apache-2.0" }],
      },
      { name: "beta", purl: "pkg:npm/beta@2.0.0", hashes: [{ alg: "SHA-512", content: "0102" }] },
    ],
    dependencies: [
      { ref: "pkg:deb/wattseal@1.2.3?arch=arm64", dependsOn: ["pkg:npm/beta@2.0.0"] },
      { ref: "pkg:npm/%40alpha/one@1.0.0", dependsOn: [] },
      { ref: "pkg:npm/beta@2.0.0", dependsOn: ["pkg:npm/%40alpha/one@1.0.0"] },
    ],
  });
  assert.deepEqual(sbom(identity, components.toReversed()), list);
  assert.notDeepEqual(sbom({ ...identity, commit: "4567" }, components), list);
});

Deno.test("the file copyright names owner, licence and the place of its text for each component", () => {
  const text = copyright(components);
  assert.match(
    text,
    /\nFiles: \/usr\/lib\/wattseal\/app\/node_modules\/beta\/\*\nCopyright: \(c\) 2020 B\. Author\nLicense: MIT\n .*\/licences\/beta@2\.0\.0\.txt\n/,
  );
  assert.match(text, /\nCopyright: the authors of @alpha\/one\nLicense: Apache-2\.0\n .*\/@alpha\+one@1\.0\.0\.txt\n/);
});
