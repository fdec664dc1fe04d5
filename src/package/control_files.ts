import { createHash } from "node:crypto";
import { join } from "node:path";
import { copyFile, listTree, writeFile } from "./file_tree.ts";

/** What the control file of a package contains. */
export interface ControlValues {
  readonly version: string;
  readonly architecture: string;
  readonly commit: string;
  readonly installedKib: string;
}

/** Returns Debian's form of a semantic version: `1.0.0-rc.1` is older than `1.0.0`. */
export function debianVersion(version: string): string {
  return version.replace("-", "~");
}

/** Replaces `@name@` in a text. @throws {Error} a name is unknown */
export function fill(template: string, values: ControlValues): string {
  return template.replace(/@(\w+)@/g, (_, name: string) => {
    const value = Object.entries(values).find(([key]) => key === name)?.[1];
    if (value === undefined) throw new Error(`The template names @${name}@, which has no value`);
    return value;
  });
}

/**
 * Writes the folder `DEBIAN` of a package: control file, checksums, list of configuration files, scripts.
 *
 * @param root the files of the package
 * @param templates the folder `config/debian` of the project
 */
export async function writeControlFiles(
  root: string,
  templates: string,
  values: Omit<ControlValues, "installedKib">,
): Promise<void> {
  const files = (await listTree(root)).filter(({ kind }) => kind === "file").map(({ path }) => path);
  const conffiles = await Deno.readTextFile(join(templates, "conffiles"));
  const sums: string[] = [];
  let bytes = 0;
  for (const path of files) {
    const content = await Deno.readFile(join(root, path));
    bytes += content.length;
    if (!conffiles.split("\n").includes(`/${path}`)) sums.push(`${digest("md5", content)}  ${path}\n`);
  }
  const installedKib = String(Math.ceil(bytes / 1024));
  const control = fill(await Deno.readTextFile(join(templates, "control")), { ...values, installedKib });
  await writeFile(join(root, "DEBIAN/control"), control);
  await writeFile(join(root, "DEBIAN/md5sums"), sums.join(""));
  for (const name of ["conffiles", "preinst", "postinst", "prerm", "postrm"]) {
    await copyFile(join(templates, name), join(root, "DEBIAN", name));
  }
}

/** Returns a digest in hexadecimal form. */
export function digest(algorithm: "md5" | "sha256", content: Uint8Array): string {
  return createHash(algorithm).update(content).digest("hex");
}
