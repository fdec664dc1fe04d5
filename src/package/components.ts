import { join } from "node:path";
import { readLicence } from "../bundle/mod.ts";
import { type Lock, nameAndVersion } from "./runtime_lock.ts";

/** A piece of other people's software in the package. */
export interface Component {
  readonly name: string;
  readonly version: string;
  /** SPDX expression. */
  readonly licence: string;
  readonly licenceText: string;
  /** Where it is in the package, relative to the program's folder. */
  readonly folder: string;
  /** Checksum of what npm delivered, as in a lock: `sha512-` and base64. */
  readonly integrity: string;
  /** Names with versions of the components that it uses. */
  readonly dependencies: readonly string[];
}

/** Returns the place of a package in `node_modules`, as Deno installs it. */
export function packageFolder(id: string): string {
  return `.deno/${id.replaceAll("/", "+")}/node_modules/${nameAndVersion(id).name}`;
}

/**
 * Describes the npm packages of a lock.
 *
 * @param modules the folder `node_modules`
 * @throws {Error} a package has no licence or no text of it
 */
export async function readComponents(modules: string, { npm }: Pick<Lock, "npm">): Promise<Component[]> {
  return await Promise.all(
    Object.entries(npm).map(async ([id, { integrity, ...entry }]) => {
      const folder = packageFolder(id);
      const used = [...entry.dependencies ?? [], ...entry.optionalDependencies ?? []];
      return {
        ...nameAndVersion(id),
        ...await readLicence(id, join(modules, folder)),
        folder: `app/node_modules/${folder}`,
        integrity,
        dependencies: used.map((name) =>
          Object.keys(npm).find((id) => id === name || id.startsWith(`${name}@`)) ?? name
        ),
      };
    }),
  );
}
