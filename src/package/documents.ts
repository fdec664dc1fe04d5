import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describeCommands } from "../cli/mod.ts";
import { bashCompletion } from "./bash_completion.ts";
import type { Component } from "./components.ts";
import { documentFolder } from "./contents.ts";
import { copyright, licenceFile } from "./copyright.ts";
import { writeFile } from "./file_tree.ts";
import { manPage } from "./man_page.ts";
import { type PackageIdentity, sbom } from "./sbom.ts";

/** Writes what is generated for people: manual page, completion, licences and the list of components. */
export async function writeDocuments(
  root: string,
  identity: PackageIdentity,
  components: readonly Component[],
): Promise<void> {
  const commands = describeCommands();
  const page = gzipSync(new TextEncoder().encode(manPage(commands, identity)), { level: 9 });
  await writeFile(join(root, "usr/share/man/man1/wattseal.1.gz"), page);
  await writeFile(join(root, "usr/share/bash-completion/completions/wattseal"), bashCompletion(commands));
  const documents = join(root, documentFolder);
  await writeFile(join(documents, "copyright"), copyright(components));
  await writeFile(
    join(documents, "sbom.cdx.json"),
    `${JSON.stringify(sbom(identity, components), undefined, 2)}\n`,
  );
  for (const component of components) {
    await writeFile(join(documents, "licences", licenceFile(component)), component.licenceText);
  }
}
