import type { Problem } from "./config_error.ts";
import type { Finding } from "./tree.ts";

/** Returns one problem for each key at a place, in the order of the file. */
export function problemsOf(findings: readonly Finding[], file: string): Problem[] {
  const problems = new Map<string, Problem>();
  for (const finding of findings) {
    const { found, allowed, path: key, place: { line, column } } = finding;
    const at = location(file, finding);
    if (problems.has(at)) continue;
    problems.set(at, { file, line, column, key, found, allowed, message: `${at}: found ${found}, allowed ${allowed}` });
  }
  return [...problems.values()].sort((a, b) => a.line - b.line || a.column - b.column);
}

/** File, line, column and, if there is one, key. */
export function location(file: string, { place, path }: Pick<Finding, "place" | "path">): string {
  return `${file}:${place.line}:${place.column}` + (path === "" ? "" : `: ${path}`);
}
