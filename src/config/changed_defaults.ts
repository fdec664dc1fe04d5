import type { ChangedDefault } from "./settings.ts";
import { nodeAt, type TreeNode } from "./tree.ts";

/** Returns the keys that a file does not set and whose default differs from an earlier release. */
export function changedDefaults(root: TreeNode, path: string): ChangedDefault[] {
  if (nodeAt(root, ["clock", "require_sync"]) !== undefined) return [];
  const text =
    `${path}: clock.require_sync is not set. Its default is now true (before: false): the clocks of the meters are ` +
    "not set while the clock of this machine is not synchronised";
  return [{ key: "clock.require_sync", text }];
}
