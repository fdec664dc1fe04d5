import type * as z from "zod";
import { ConfigError } from "./config_error.ts";
import { problemsOf } from "./problems.ts";
import { readYaml } from "./read_yaml.ts";
import type { Finding, TreeNode } from "./tree.ts";
import { validate } from "./validate.ts";

/** The context of a configuration file. */
export interface LoadOptions {
  /** Path of the file, for messages; relative paths in the file start in its folder. */
  readonly path: string;
  /** Returns the value of an environment variable, or undefined if it is not set. */
  readonly env: (name: string) => string | undefined;
}

/** What a file of one kind may contain. */
export interface FileRules<File> {
  readonly schema: z.ZodType<File>;
  /** Changes the tree before it is validated. */
  readonly prepare: (root: TreeNode) => TreeNode;
  /** Checks several values together. @param file path of the file */
  readonly together: (root: TreeNode, file: string) => readonly Finding[];
}

/**
 * Parses the text of a configuration file.
 *
 * @returns the file with all defaults, and its tree for further messages
 * @throws {ConfigError} with all mistakes of the file
 */
export function checkedFile<File>(
  text: string,
  { path, env }: LoadOptions,
  { schema, prepare, together }: FileRules<File>,
): { readonly file: File; readonly root: TreeNode } {
  const reading = readYaml(text, env);
  if (reading.root === undefined) throw new ConfigError("syntax", problemsOf(reading.findings, path));
  const root = prepare(reading.root);
  const { file, findings } = validate(root, schema);
  const problems = problemsOf([...reading.findings, ...findings, ...together(root, path)], path);
  if (file === undefined || problems.length > 0) throw new ConfigError("invalid", problems);
  return { file, root };
}
