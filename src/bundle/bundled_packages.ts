import { resolve } from "node:path";
import { type Licence, readLicence } from "./licence.ts";
import type { LinkedPackage } from "./package_links.ts";

/** An npm package with code in a bundle. */
export interface BundledPackage extends Licence {
  readonly name: string;
  readonly version: string;
  /** Checksum in the lock: `sha512-` and base64. */
  readonly integrity: string;
}

/**
 * Finds the packages with code in an output of the bundler.
 *
 * @param inputs paths of the inputs of this output, relative to the folder `project`
 */
export async function bundledPackages(
  inputs: readonly string[],
  packages: readonly LinkedPackage[],
  project: string,
): Promise<BundledPackage[]> {
  const files = inputs.map((path) => resolve(project, path));
  const used = packages.filter(({ folder }) => files.some((file) => file.startsWith(`${folder}/`)));
  return await Promise.all(
    used.map(async ({ name, version, integrity, folder }) => ({
      name,
      version,
      integrity,
      ...await readLicence(`${name}@${version}`, folder),
    })),
  );
}

/** Returns the licences of packages as a comment, which their licences require in a copy. */
export function licenceComment(packages: readonly BundledPackage[]): string {
  const texts = packages.map(({ name, version, licence, licenceText }) =>
    `${name} ${version}, ${licence}:\n\n${licenceText.trim().replaceAll("*/", "* /")}\n`
  );
  return `/*\nThis file contains parts of other programs.\n\n${texts.join("\n")}*/\n`;
}
