import type * as z from "zod";
import { nearest } from "./nearest.ts";
import { sectionsOf } from "./sections.ts";
import { entryPath, type Finding, type MapNode, nodeAt, plainValue, type TreeNode } from "./tree.ts";

type Sections = ReturnType<typeof sectionsOf>;

/** Keys whose values never appear in a message. */
const secrets: readonly PropertyKey[] = ["password", "token"];

/** Validates a tree against a schema. Returns either a file or findings. */
export function validate<File>(root: TreeNode, schema: z.ZodType<File>): { file?: File; findings: Finding[] } {
  let result = schema.safeParse(plainValue(root, new Set()));
  // The value of a variable has no quotes: if a text is required, `0123` is a text.
  const asText = new Set<TreeNode>();
  for (const issue of result.error?.issues ?? []) {
    const node = nodeAt(root, issue.path);
    const needsText = issue.code === "invalid_type" && issue.expected === "string";
    if (needsText && node?.kind === "scalar" && node.substituted !== undefined) asText.add(node);
  }
  if (asText.size > 0) result = schema.safeParse(plainValue(root, asText));
  if (result.success) return { file: result.data, findings: [] };
  return { findings: issueFindings(result.error, root, schema) };
}

/** Converts the issues of a schema to findings with a place and a text. */
export function issueFindings({ issues }: z.core.$ZodError, root: TreeNode, schema: z.ZodType): Finding[] {
  const sections = sectionsOf(schema);
  return issues.flatMap((issue) => findingsOf(issue, root, sections));
}

function findingsOf(issue: z.core.$ZodIssue, root: TreeNode, sections: Sections): Finding[] {
  if (issue.code === "unrecognized_keys") {
    const parent = nodeAt(root, issue.path);
    return parent?.kind === "map" ? issue.keys.map((key) => unknownKey(parent, key, sections)) : [];
  }
  const node = nodeAt(root, issue.path);
  if (node === undefined) return [missing(issue, root)];
  const hidden = secrets.some((secret) => secret === issue.path.at(-1));
  const found = hidden ? describeHidden(node) : describe(node, typesAllowed(issue, node));
  return [{ place: node.place, path: node.path, found, allowed: issue.message }];
}

function missing(issue: z.core.$ZodIssue, root: TreeNode): Finding {
  const parent = nodeAt(root, issue.path.slice(0, -1)) ?? root;
  const path = entryPath(parent.path, String(issue.path.at(-1)));
  return { place: parent.place, path, found: "nothing", allowed: issue.message };
}

function unknownKey(parent: MapNode, key: string, sections: Sections): Finding {
  const place = parent.entries.get(key)?.keyPlace ?? parent.place;
  const known = Object.keys(sections.get(parent.path.replace(/\[\d+\]/g, "[]")) ?? {});
  const homes = [...sections].filter(([, keys]) => Object.hasOwn(keys, key)).map(([path]) => path || "the top level");
  const meant = nearest(key, known);
  const home = homes.length === 0 ? "" : ` (it belongs in ${homes.join(" or ")})`;
  const hint = meant === undefined ? home : ` (did you mean ${meant}?)`;
  const found = `the unknown key ${JSON.stringify(key.slice(0, 80))}${hint}`;
  return { place, path: entryPath(parent.path, key), found, allowed: known.join(", ") };
}

/** The allowed types, as returned by `typeof`. */
function typesAllowed(issue: z.core.$ZodIssue, node: TreeNode): readonly string[] {
  if (issue.code === "invalid_type") return [issue.expected === "int" ? "number" : issue.expected];
  if (issue.code !== "invalid_value") return ["string", "number"];
  // An allowed value with quotes has only the wrong type.
  const meant = node.kind === "scalar" ? issue.values.filter((value) => String(value) === node.value) : [];
  return (meant.length === 0 ? issue.values : meant).map((value) => typeof value);
}

/** Describes the type of a value without the value itself. */
function describeHidden(node: TreeNode): string {
  if (node.kind !== "scalar" || node.value === null) return describe(node, []);
  if (typeof node.value === "string") return "an empty text";
  return `a ${typeof node.value} (not shown; a text needs quotes)`;
}

function describe(node: TreeNode, allowedTypes: readonly string[]): string {
  if (node.kind === "map") return "a mapping";
  if (node.kind === "list") return node.items.length === 0 ? "an empty list" : "a list";
  const { value, source } = node;
  if (value === null) return "nothing";
  if (typeof value !== "string") {
    return allowedTypes.every((type) => type === "string") ? `${source} (a text needs quotes)` : source;
  }
  // The address of a server may contain a password.
  const shown = JSON.stringify(value.replace(/[^/]*@/, "(not shown)@").slice(0, 80));
  return allowedTypes.includes("string") ? shown : `the text ${shown}`;
}
