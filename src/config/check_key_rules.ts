import { type AlternativesRule, type ExclusionRule, type KeyRule, keyRules, type PairRule } from "./key_rules.ts";
import { childOf, type Finding, itemsOf, type MapNode, type TreeNode } from "./tree.ts";

/** Checks the keys of each mapping against the rules about them. */
export function checkKeyRules(root: TreeNode, rules: readonly KeyRule[] = keyRules): Finding[] {
  return rules.flatMap((rule) => mappingsAt(root, rule.section).flatMap((map) => broken(rule, map)));
}

/** The mappings at the path of a section; one for each item of a list. */
function mappingsAt(root: TreeNode, section: string): MapNode[] {
  let nodes: readonly TreeNode[] = [root];
  for (const step of section.split(".")) {
    const key = step.replace("[]", "");
    const found = nodes.flatMap((node) => childOf(node, key) ?? []);
    nodes = key === step ? found : found.flatMap(itemsOf);
  }
  return nodes.filter((node) => node.kind === "map");
}

function broken(rule: KeyRule, map: MapNode): Finding[] {
  if (rule.kind === "alternatives") return brokenAlternatives(rule, map);
  return rule.kind === "pair" ? brokenPair(rule, map) : brokenExclusion(rule, map);
}

function brokenAlternatives(rule: AlternativesRule, map: MapNode): Finding[] {
  const { alternatives, flags = [], absent, found, allowed } = rule;
  const counts = (key: string) => flags.includes(key) ? isTrue(childOf(map, key)) : map.entries.has(key);
  const keys = alternatives.flatMap((group) => group.find(counts) ?? []);
  if (keys.length === 0 && absent !== undefined) {
    return [{ place: map.place, path: map.path, found: absent, allowed }];
  }
  return present(map, keys).slice(1).map((at) => ({ ...at, found, allowed }));
}

function brokenPair({ pair, allowed }: PairRule, map: MapNode): Finding[] {
  const [first, second] = present(map, pair);
  if (first === undefined || second !== undefined) return [];
  const absent = pair.find((key) => !map.entries.has(key)) ?? "";
  return [{ ...first, found: `no ${absent} with it`, allowed }];
}

function brokenExclusion({ by, excluded, found, allowed }: ExclusionRule, map: MapNode): Finding[] {
  return map.entries.has(by) ? present(map, excluded).map((at) => ({ ...at, found, allowed })) : [];
}

function isTrue(node: TreeNode | undefined): boolean {
  return node?.kind === "scalar" && node.value === true;
}

/** Returns the given keys that a mapping has, in the order of the file. */
function present(map: MapNode, keys: readonly string[]): Pick<Finding, "place" | "path">[] {
  return [...map.entries].filter(([key]) => keys.includes(key)).map(([, { keyPlace, node }]) => ({
    place: keyPlace,
    path: node.path,
  }));
}
