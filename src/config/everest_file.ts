import * as z from "zod";
import { text } from "./leaves.ts";
import { location, problemsOf } from "./problems.ts";
import { readYaml } from "./read_yaml.ts";
import { childOf, entryPath, type Finding, plainValue, textOf, type TreeNode } from "./tree.ts";
import { issueFindings } from "./validate.ts";

/** An EVerest file without a meter that we could read, or no EVerest file at all. */
export class ImportError extends Error {
  override readonly name = "ImportError";

  /** @param sentences one for each mistake */
  constructor(readonly sentences: readonly string[]) {
    super(sentences.join("\n"));
  }
}

const settings = z.record(z.string(), z.unknown(), { error: "a mapping of settings" });
const interfaces = "a mapping of interfaces, each with its settings";
const connected = "a list of connections";
const connection = z.looseObject({ module_id: text("the name of a module") }, { error: "a mapping with module_id" });

const moduleSchema = z.looseObject({
  module: text("the kind of the module"),
  config_module: settings.nullish(),
  config_implementation: z.record(z.string(), settings.nullable(), { error: interfaces }).nullish(),
  connections: z.record(z.string(), z.array(connection, { error: connected }).nullable(), {
    error: "a mapping of requirements, each with a list of connections",
  }).nullish(),
}, { error: "a mapping with module, the kind of the module" });

const everestSchema = z.looseObject({
  active_modules: z.record(z.string(), moduleSchema, { error: "a mapping of modules, each under its name" }),
}, { error: "a mapping with active_modules, as in an EVerest configuration" });

/** What an EVerest file says of one module. */
export type EverestModule = z.infer<typeof moduleSchema>;

/** What an EVerest file says. */
export interface EverestFile {
  readonly modules: Readonly<Record<string, EverestModule>>;
  /** What is wrong in it and does not matter here, a sentence each. */
  readonly warnings: readonly string[];
}

/**
 * Reads an EVerest configuration.
 *
 * @param text YAML with `active_modules`
 * @param path the file's, for messages
 * @param kinds of the modules that matter; in others a key may stand twice, as in files that EVerest itself ships
 * @throws {ImportError} the text is no EVerest configuration; the message has a line for each mistake
 */
export function readEverest(text: string, path: string, kinds: readonly string[]): EverestFile {
  const { root, findings } = readYaml(text);
  const parsed = root === undefined ? undefined : everestSchema.safeParse(plainValue(root, new Set()));
  const wrong = root === undefined || parsed?.error === undefined
    ? []
    : issueFindings(parsed.error, root, everestSchema);
  const harmless = findings.filter((finding) => root !== undefined && isHarmless(finding, root, kinds));
  const problems = problemsOf([...findings.filter((finding) => !harmless.includes(finding)), ...wrong], path);
  if (parsed?.success && problems.length === 0) {
    return { modules: parsed.data.active_modules, warnings: harmless.map((finding) => warning(finding, path)) };
  }
  throw new ImportError(problems.map(({ message }) => message));
}

/** A key that stands twice inside a module of another kind, or beside all modules. */
function isHarmless({ duplicateKey, path }: Finding, root: TreeNode, kinds: readonly string[]): boolean {
  if (duplicateKey !== true) return false;
  const modules = childOf(root, "active_modules");
  for (const [id, { node }] of modules?.kind === "map" ? modules.entries : []) {
    const inside = entryPath("active_modules", id);
    if (path === inside) return false;
    if ([".", "["].some((sign) => path.startsWith(inside + sign))) {
      return !kinds.includes(textOf(childOf(node, "module")) ?? "");
    }
  }
  return path !== "active_modules";
}

function warning(finding: Finding, path: string): string {
  return `warning: ${location(path, finding)}: the key is here a second time; only the first one is used`;
}
