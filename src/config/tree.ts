/** Where a value starts in the file; both numbers start at 1. */
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
  /** The text in the file, for messages. */
  readonly source: string;
  /** The text of an unquoted scalar after the replacement of environment variables; `value` is its YAML value. */
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

/** A YAML value with its place in the file, after aliases and environment variables are resolved. */
export type TreeNode = ScalarNode | ListNode | MapNode;

/** A mistake and its place. */
export interface Finding {
  readonly place: Place;
  readonly path: string;
  readonly found: string;
  readonly allowed: string;
  /** The key is a duplicate; the tree has the first one. */
  readonly duplicateKey?: true;
}

/** Path of an entry: `site`, `lines[0].name`, `nats["strange key"]`. */
export function entryPath(path: string, key: string): string {
  if (!/^[\w-]+$/.test(key)) return `${path}[${JSON.stringify(key)}]`;
  return path === "" ? key : `${path}.${key}`;
}

/** The value of `key` if `node` is a mapping that has it. */
export function childOf(node: TreeNode | undefined, key: string): TreeNode | undefined {
  return node?.kind === "map" ? node.entries.get(key)?.node : undefined;
}

/** The items if `node` is a list, otherwise none. */
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
 * @param asText scalars from the environment that are used as text
 */
export function plainValue(node: TreeNode, asText: ReadonlySet<TreeNode>): unknown {
  if (node.kind === "scalar") return asText.has(node) ? node.substituted : node.value;
  if (node.kind === "list") return node.items.map((item) => plainValue(item, asText));
  const plain: Record<string, unknown> = Object.create(null);
  for (const [key, entry] of node.entries) plain[key] = plainValue(entry.node, asText);
  return plain;
}
