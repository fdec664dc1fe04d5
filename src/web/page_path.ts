/** The part of a path below the base path, from its `/`. @param basePath `/`, or a path without a `/` at its end */
export function pathBelow(basePath: string, path: string): string {
  if (basePath === "/") return path;
  const rest = path.slice(basePath.length);
  return rest === "" ? "/" : rest;
}

/** What comes before each path of the page: empty, or a path without a `/` at its end. */
export function pathRoot(basePath: string): string {
  return basePath === "/" ? "" : basePath;
}
