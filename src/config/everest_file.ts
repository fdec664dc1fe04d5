import * as z from "zod";
import { text } from "./leaves.ts";
import { problemsOf } from "./problems.ts";
import { readYaml } from "./read_yaml.ts";
import { plainValue } from "./tree.ts";
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

/**
 * The modules of an EVerest configuration by their names.
 *
 * @param text YAML with `active_modules`
 * @param path the file's, for messages
 * @throws {ImportError} the text is no EVerest configuration; the message has a line for each mistake
 */
export function readEverest(text: string, path: string): Record<string, EverestModule> {
  const { root, findings } = readYaml(text);
  const parsed = root === undefined ? undefined : everestSchema.safeParse(plainValue(root, new Set()));
  const wrong = root === undefined || parsed?.error === undefined
    ? []
    : issueFindings(parsed.error, root, everestSchema);
  const problems = problemsOf([...findings, ...wrong], path);
  if (parsed?.success && problems.length === 0) return parsed.data.active_modules;
  throw new ImportError(problems.map(({ message }) => message));
}
