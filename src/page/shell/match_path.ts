/**
 * The parameters of a path that fits a pattern, decoded.
 *
 * @param pattern segments; one that begins with a colon is a parameter
 * @returns undefined if the path does not fit, or is not encoded as a URL
 */
export function matchPath(pattern: string, path: string): Record<string, string> | undefined {
  const wanted = segmentsOf(pattern);
  const found = segmentsOf(path);
  if (wanted.length !== found.length) return undefined;
  const params: Record<string, string> = {};
  for (const [index, segment] of wanted.entries()) {
    const text = decoded(found[index] ?? "");
    if (text === undefined) return undefined;
    if (segment.startsWith(":")) params[segment.slice(1)] = text;
    else if (segment !== text) return undefined;
  }
  return params;
}

function segmentsOf(path: string): string[] {
  return path.split("/").filter((segment) => segment !== "");
}

function decoded(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment);
  } catch (error) {
    if (error instanceof URIError) return undefined;
    throw error;
  }
}
