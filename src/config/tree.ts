/** Where something begins in the file, both counted from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

interface Located {
  /** `lines[0].meters[1].name`; empty for the root. */
  readonly path: string;
  readonly place: Place;
}

/** A single value. */
export interface ScalarNode extends Located {
  readonly kind: "scalar";
  readonly value: unknown;
  /** As it stands in the file, for messages. */
  readonly source: string;
  /** Text of an unquoted scalar whose environment variables are replaced; `value` is what YAML makes of that text. */
  readonly substituted?: string;
}

/** A list. */
export interface ListNode extends Located {
  readonly kind: "list";
  readonly items: readonly TreeNode[];
}

/** A mapping, keys in the order of the file. */
export interface MapNode extends Located {
  readonly kind: "map";
  readonly entries: ReadonlyMap<string, { readonly keyPlace: Place; readonly node: TreeNode }>;
}

/** A YAML value that knows where it stands: aliases resolved, environment variables replaced. */
export type TreeNode = ScalarNode | ListNode | MapNode;

/** A mistake at a place, before it is put into words. */
export interface Finding {
  readonly place: Place;
  readonly path: string;
  readonly found: string;
  readonly allowed: string;
  /** A key that stands there a second time; the first one is in the tree. */
  readonly duplicateKey?: true;
}

/** Path of an entry: `site`, `lines[0].name`, `nats["strange key"]`. */
export function entryPath(path: string, key: string): string {
  if (!/^[\w-]+$/.test(key)) return `${path}[${JSON.stringify(key)}]`;
  return path === "" ? key : `${path}.${key}`;
}

/** The value of `key` where `node` is a mapping that has it. */
export function childOf(node: TreeNode | undefined, key: string): TreeNode | undefined {
  return node?.kind === "map" ? node.entries.get(key)?.node : undefined;
}

/** The items where `node` is a list, else none. */
export function itemsOf(node: TreeNode | undefined): readonly TreeNode[] {
  return node?.kind === "list" ? node.items : [];
}

/** The text of a scalar, whatever its type; undefined for anything else and for an empty value. */
export function textOf(node: TreeNode | undefined): string | undefined {
  if (node?.kind !== "scalar" || node.value === null) return undefined;
  return node.substituted ?? String(node.value);
}

/** The node at a path of keys and indices. */
export function nodeAt(root: TreeNode, steps: readonly PropertyKey[]): TreeNode | undefined {
  let node: TreeNode | undefined = root;
  for (const step of steps) {
    node = typeof step === "number" ? itemsOf(node)[step] : childOf(node, String(step));
  }
  return node;
}

/**
 * The plain value of a tree.
 *
 * @param asText scalars from the environment that are wanted as the text that they are
 */
export function plainValue(node: TreeNode, asText: ReadonlySet<TreeNode>): unknown {
  if (node.kind === "scalar") return asText.has(node) ? node.substituted : node.value;
  if (node.kind === "list") return node.items.map((item) => plainValue(item, asText));
  const plain: Record<string, unknown> = Object.create(null);
  for (const [key, entry] of node.entries) plain[key] = plainValue(entry.node, asText);
  return plain;
}
