import { localTimeKeys } from "./key_rules.ts";
import { meterParameters } from "./meter_schema.ts";
import { childOf, type MapNode, type TreeNode } from "./tree.ts";

/** Copies `defaults` into every meter that does not set the same keys. Each value keeps its place in the file. */
export function spreadDefaults(root: TreeNode): TreeNode {
  const defaults = childOf(root, "defaults");
  if (defaults?.kind !== "map") return root;
  const given = [...defaults.entries].filter(([key]) => Object.hasOwn(meterParameters.shape, key));
  const complete = (meter: MapNode): TreeNode => {
    // A meter that sets one of the two keys does not get the other one from the defaults
    const hasOwnTime = localTimeKeys.some((key) => meter.entries.has(key));
    const taken = given.filter(([key]) => !hasOwnTime || !localTimeKeys.includes(key));
    return { ...meter, entries: new Map([...taken, ...meter.entries]) };
  };
  return withItems(root, "lines", (line) => withItems(line, "meters", (meter) => onMap(meter, complete)));
}

function onMap(node: TreeNode, change: (map: MapNode) => TreeNode): TreeNode {
  return node.kind === "map" ? change(node) : node;
}

/** Returns `node` with each item of its list `key` changed. */
function withItems(node: TreeNode, key: string, change: (item: TreeNode) => TreeNode): TreeNode {
  return onMap(node, (map) => {
    const entry = map.entries.get(key);
    if (entry?.node.kind !== "list") return map;
    const list = { ...entry.node, items: entry.node.items.map(change) };
    return { ...map, entries: new Map([...map.entries, [key, { ...entry, node: list }]]) };
  });
}
