import { join } from "node:path";

/** A mounted file system. */
export interface Mount {
  readonly path: string;
  /** `ext4`, `tmpfs`, ... */
  readonly kind: string;
  readonly isReadOnly: boolean;
}

/**
 * The file system of a folder.
 *
 * @param root folder with `proc`
 * @returns undefined: unknown
 */
export function mountOf(folder: string, root: string): Mount | undefined {
  let found: Mount | undefined;
  // A later mount hides an earlier one at the same place
  for (const mount of readMounts(root)) {
    const isAbove = folder === mount.path || mount.path === "/" || folder.startsWith(`${mount.path}/`);
    if (isAbove && mount.path.length >= (found?.path.length ?? 0)) found = mount;
  }
  return found;
}

function readMounts(root: string): Mount[] {
  let text: string;
  try {
    text = Deno.readTextFileSync(join(root, "proc/mounts"));
  } catch {
    return [];
  }
  return text.split("\n").flatMap((line) => {
    const [, path, kind, options] = line.split(" ");
    if (path === undefined || kind === undefined || options === undefined) return [];
    return [{ path: unescaped(path), kind, isReadOnly: options.split(",").includes("ro") }];
  });
}

/** The kernel writes a space as `\040`. */
function unescaped(path: string): string {
  return path.replace(/\\(\d{3})/g, (_, digits) => String.fromCharCode(parseInt(digits, 8)));
}
