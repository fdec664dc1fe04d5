import * as z from "zod";
import { text } from "./leaves.ts";
import { location, problemsOf } from "./problems.ts";
import { readYaml } from "./read_yaml.ts";
import { childOf, entryPath, type Finding, plainValue, textOf, type TreeNode } from "./tree.ts";
import { issueFindings } from "./validate.ts";

/** The file is not an EVerest configuration, or has no meter that Wattseal can read. */
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
  module: text("the type of the module"),
  config_module: settings.nullish(),
  config_implementation: z.record(z.string(), settings.nullable(), { error: interfaces }).nullish(),
  connections: z.record(z.string(), z.array(connection, { error: connected }).nullable(), {
    error: "a mapping of requirements, each with a list of connections",
  }).nullish(),
}, { error: "a mapping with module, the type of the module" });

const everestSchema = z.looseObject({
  active_modules: z.record(z.string(), moduleSchema, { error: "a mapping of modules by name" }),
}, { error: "a mapping with active_modules, as in an EVerest configuration" });

/** One module in an EVerest file. */
export type EverestModule = z.infer<typeof moduleSchema>;

/** The content of an EVerest file. */
export interface EverestFile {
  readonly modules: Readonly<Record<string, EverestModule>>;
  /** Mistakes that do not affect the import, one sentence each. */
  readonly warnings: readonly string[];
}

/**
 * Reads an EVerest configuration.
 *
 * @param text YAML with `active_modules`
 * @param path path of the file, for messages
 * @param kinds types of the modules that are imported; other modules may have duplicate keys, as in files of EVerest
 * itself
 * @throws {ImportError} the text is not an EVerest configuration; the message has one line for each mistake
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

/** Whether a duplicate key is in a module of another type, or outside of all modules. */
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
  return `warning: ${location(path, finding)}: duplicate key; only the first one is used`;
}
