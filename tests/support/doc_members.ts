import { fileURLToPath } from "node:url";

/** A member of an exported type. */
export interface DocMember {
  /** `Settings.journal.retentionDays`. */
  readonly path: string;
  /** Its comment on one line; empty: none. */
  readonly doc: string;
  /** Whether its type is one literal; such a member distinguishes the parts of a union. */
  readonly isLiteral: boolean;
}

type Json = { readonly [key: string]: unknown };

const isJson = (value: unknown): value is Json => typeof value === "object" && value !== null;

/**
 * The members of all types that a module exports, also those within other members, as `deno doc` reports them.
 *
 * @throws {Error} `deno doc` fails
 */
export async function docMembers(module: URL): Promise<DocMember[]> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["doc", "--json", fileURLToPath(module)],
    env: { NO_COLOR: "1" },
  }).output();
  if (!success) throw new Error(`Cannot document ${module}: ${new TextDecoder().decode(stderr)}`);
  const { nodes }: { nodes: Record<string, { symbols: readonly Json[] }> } = JSON.parse(
    new TextDecoder().decode(stdout),
  );
  return Object.values(nodes).flatMap(({ symbols }) =>
    symbols.flatMap((symbol) => membersBelow(symbol["declarations"], String(symbol["name"])))
  );
}

function membersBelow(node: unknown, path: string): DocMember[] {
  if (Array.isArray(node)) return node.flatMap((inner) => membersBelow(inner, path));
  if (!isJson(node)) return [];
  return Object.entries(node).flatMap(([key, inner]) =>
    (key === "properties" || key === "methods") && Array.isArray(inner)
      ? inner.filter(isJson).filter(({ accessibility }) => accessibility !== "private")
        .flatMap((member) => [memberOf(member, path), ...membersBelow(member, `${path}.${member["name"]}`)])
      : membersBelow(inner, path)
  );
}

function memberOf({ name, jsDoc, tsType }: Json, path: string): DocMember {
  const doc = isJson(jsDoc) ? `${jsDoc["doc"] ?? ""} ${tagsText(jsDoc["tags"])}`.replace(/\s+/g, " ").trim() : "";
  return { path: `${path}.${name}`, doc, isLiteral: isJson(tsType) && tsType["kind"] === "literal" };
}

function tagsText(tags: unknown): string {
  if (!Array.isArray(tags)) return "";
  return tags.filter(isJson).map(({ kind, name, doc }) => `@${kind} ${name ?? ""} ${doc ?? ""}`).join(" ");
}
