import { join } from "node:path";
import type { Component } from "./components.ts";
import { copyFile } from "./file_tree.ts";
import { installPackages } from "./node_modules.ts";
import { type Lock, nameAndVersion, runtimeLock } from "./runtime_lock.ts";

/** Reads the lock of the npm packages with Deno's binaries. */
export async function readBinaryLock(project: string): Promise<Lock> {
  return JSON.parse(await Deno.readTextFile(join(project, "config/debian/deno-binary.lock")));
}

/** Returns the version of Deno that a lock pins. @throws {Error} the lock does not have the package */
export function lockedVersion(lock: Lock, name: string): string {
  const id = Object.keys(lock.npm).find((id) => nameAndVersion(id).name === name);
  if (id === undefined) throw new Error(`config/debian/deno-binary.lock does not have ${name}`);
  return nameAndVersion(id).version;
}

/**
 * Downloads the binary of Deno that the project pins.
 *
 * @param name the npm package that contains it
 * @param folder where it goes, with the name `deno`
 * @throws {ToolError} the download failed, or its checksum differs from the lock
 */
export async function installDeno(
  { project, work, downloads }: { readonly project: string; readonly work: string; readonly downloads: string },
  name: string,
  folder: string,
): Promise<Component> {
  const binaries = await readBinaryLock(project);
  const version = lockedVersion(binaries, name);
  const imports = { deno: `npm:${name}@${version}` };
  const lock = runtimeLock(binaries, imports);
  const installed = join(work, "deno");
  await installPackages({ folder: installed, imports, lock: JSON.stringify(lock), downloads });
  await copyFile(join(installed, "node_modules", name, "deno"), join(folder, "deno"));
  return {
    name,
    version,
    licence: "MIT",
    licenceText: await Deno.readTextFile(join(project, "config/debian/licences/deno.txt")),
    folder: "deno",
    integrity: lock.npm[`${name}@${version}`]?.integrity ?? "",
    dependencies: [],
  };
}
