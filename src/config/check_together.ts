import { checkKeyRules } from "./check_key_rules.ts";
import { checkWebAccess } from "./check_web_access.ts";
import { endpointEntry, endpointOf } from "./endpoint.ts";
import { childOf, type Finding, itemsOf, textOf, type TreeNode } from "./tree.ts";

/**
 * Checks several values together: keys that exclude or require each other, and names, unit ids and ports that must be
 * unique. It also checks files with other mistakes, so that all mistakes are reported at once.
 *
 * @param file path of the configuration file
 */
export function checkTogether(root: TreeNode, file: string): Finding[] {
  const lines = itemsOf(childOf(root, "lines"));
  const meters = lines.flatMap((line) => itemsOf(childOf(line, "meters")));
  return [
    ...checkKeyRules(root),
    ...checkUnique(lines, "name", quoted, "each name once"),
    ...checkUnique(meters, "name", quoted, "each name once in the file"),
    ...lines.flatMap((line) =>
      checkUnique(itemsOf(childOf(line, "meters")), "powermeter_device_id", unitOf, unitsOnce)
    ),
    ...checkUnique(lines, "serial_port", (node) => portOf(textOf(node), undefined, file), "each port on one line"),
    ...checkWebAccess(root),
    ...checkUnique(lines, "gateway", (node) => portOf(undefined, textOf(node), file), "each gateway on one line"),
  ];
}

const unitsOnce = "each unit id once on a line";

/** The text of a node in quotes. */
export function quoted(node: TreeNode | undefined): string | undefined {
  const text = textOf(node);
  return text === undefined ? undefined : JSON.stringify(text);
}

/** The unit id as the schema reads it; the default is 1. */
function unitOf(node: TreeNode | undefined): string | undefined {
  const unit = node === undefined ? 1 : Number(textOf(node) ?? NaN);
  return Number.isNaN(unit) ? undefined : String(unit);
}

function portOf(serialPort: string | undefined, gateway: string | undefined, file: string): string | undefined {
  const endpoint = endpointOf(serialPort, gateway, file);
  return endpoint === undefined ? undefined : JSON.stringify(Object.values(endpointEntry(endpoint)).join());
}

/**
 * Checks that no two mappings have the same value.
 *
 * @param valueOf the value for the message; undefined: the mapping is not checked
 */
export function checkUnique(
  nodes: readonly TreeNode[],
  key: string,
  valueOf: (node: TreeNode | undefined, parent: TreeNode) => string | undefined,
  allowed: string,
): Finding[] {
  const first = new Map<string, string>();
  const findings: Finding[] = [];
  for (const parent of nodes) {
    if (parent.kind !== "map") continue;
    const node = childOf(parent, key);
    const value = valueOf(node, parent);
    if (value === undefined) continue;
    const path = node?.path ?? `${parent.path}.${key}`;
    const taken = first.get(value);
    if (taken === undefined) first.set(value, path);
    else findings.push({ place: (node ?? parent).place, path, found: `${value}, as at ${taken}`, allowed });
  }
  return findings;
}
