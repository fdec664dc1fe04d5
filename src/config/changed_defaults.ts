import type { ChangedDefault } from "./settings.ts";
import { nodeAt, type TreeNode } from "./tree.ts";

/** Keys with another default than in an earlier release, which a file leaves to that default. */
export function changedDefaults(root: TreeNode, path: string): ChangedDefault[] {
  if (nodeAt(root, ["clock", "require_sync"]) !== undefined) return [];
  const text =
    `${path}: clock.require_sync is not set; its default is now true and was false before: no meter's clock is set ` +
    "while the kernel calls this machine's clock unsynchronised";
  return [{ key: "clock.require_sync", text }];
}
