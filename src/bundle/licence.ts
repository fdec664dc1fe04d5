import { join } from "node:path";

/** The licence of an npm package. */
export interface Licence {
  /** SPDX expression. */
  readonly licence: string;
  readonly licenceText: string;
}

/**
 * Reads the licence of an npm package.
 *
 * @param id name with version: `preact@11.2.0`
 * @param folder the folder with its `package.json`
 * @throws {Error} the package has no licence or no text of it
 */
export async function readLicence(id: string, folder: string): Promise<Licence> {
  const manifest: { license?: string } = JSON.parse(await Deno.readTextFile(join(folder, "package.json")));
  if (manifest.license === undefined) throw new Error(`The package ${id} names no licence`);
  const names = (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name);
  const files = names.filter((name) => /^(licen[cs]e|copying|notice)(\.(md|txt))?$/i.test(name)).toSorted();
  if (files.length === 0) throw new Error(`The package ${id} has no text of its licence`);
  const texts = await Promise.all(files.map((name) => Deno.readTextFile(join(folder, name))));
  return { licence: manifest.license, licenceText: texts.join("\n") };
}
