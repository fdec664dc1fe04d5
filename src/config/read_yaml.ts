import { LineCounter, parseDocument } from "yaml";
import type { Finding, Place, TreeNode } from "./tree.ts";
import { TreeReader } from "./tree_reader.ts";

/** Result of reading a text. */
export interface ReadResult {
  /** Undefined if the text is not YAML. */
  readonly root?: TreeNode;
  readonly findings: readonly Finding[];
}

const maxCharacters = 1024 * 1024;
const start: Place = { line: 1, column: 1 };

/**
 * Reads YAML 1.2 (core schema) into a tree with the place of each value. Applies merge keys (`<<`), and replaces
 * environment variables in values. Throws only the errors of `env`.
 *
 * @param env undefined if the text has no environment variables
 */
export function readYaml(text: string, env?: (name: string) => string | undefined): ReadResult {
  if (text.length > maxCharacters) {
    const found = `a file of ${text.length} characters`;
    return { findings: [{ place: start, path: "", found, allowed: `at most ${maxCharacters}` }] };
  }
  try {
    return parse(text, env);
  } catch (error) {
    // Too deep for the recursive parser, or too many values through aliases.
    if (!(error instanceof RangeError)) throw error;
    const found = `YAML that is too deep or too large (${error.message})`;
    return { findings: [{ place: start, path: "", found, allowed: "a configuration of ordinary depth and size" }] };
  }
}

function parse(text: string, env?: (name: string) => string | undefined): ReadResult {
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    logLevel: "error",
    merge: false,
    prettyErrors: false,
    resolveKnownTags: false,
    schema: "core",
    stringKeys: true,
    uniqueKeys: false,
  });
  const placeAt = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  const findings = [...document.errors, ...document.warnings].map(({ message, pos }) => {
    const unquoted = text.slice(pos[0] - 1, pos[0] + 1) === "${";
    const hint = unquoted && env !== undefined ? "; inside { } and [ ], ${NAME} needs quotes" : "";
    return {
      place: placeAt(pos[0]),
      path: "",
      found: `text that is not YAML (${message}${hint})`,
      allowed: "YAML 1.2",
    };
  });
  if (document.errors.length > 0) return { findings };
  const reader = new TreeReader(document, placeAt, env);
  const root = reader.read(document.contents, "", start);
  return { root, findings: [...findings, ...reader.findings] };
}
