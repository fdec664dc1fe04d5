/** Why a file cannot be used, as the end of a sentence that names it: `cannot read site.yaml: there is no such file`. */
export function fileTrouble(error: unknown): string {
  if (error instanceof Deno.errors.NotFound) return "there is no such file; check its path";
  if (error instanceof Deno.errors.IsADirectory) return "it is a directory; name a file in it";
  if (error instanceof Deno.errors.NotADirectory) return "its path leads through a file; check its path";
  if (error instanceof Deno.errors.AlreadyExists) return "there is a file of that name already";
  if (error instanceof Deno.errors.PermissionDenied) return "the system refuses it; give this user access to it";
  // The caller names the file, and knows what it was doing with it.
  return (error instanceof Error ? error.message : String(error)).replace(systemDetails, "");
}

/** What the runtime puts behind the system's words: a number, and what it did with which file. */
const systemDetails = / \(os error \d+\)(?:: \w+ '([^']*)'.*)?.*$/s;
/** What it sometimes puts before them: `Failed to spawn 'nats-server': `. */
const attempt = /^.*: (?=[^:]* \(os error \d+\))/s;

/**
 * The message of an error as the end of a sentence; the system's own errors in plain words.
 *
 * @param before the sentence so far: a file that it names is not named again
 */
export function messageText(error: Error, before: string): string {
  const details = systemDetails.exec(error.message);
  if (details === null) return error.message;
  const [, path] = details;
  const [tried] = attempt.exec(error.message) ?? [""];
  const why = fileTrouble(error);
  if (tried !== "") return why.startsWith(tried) ? why : tried + why;
  return path === undefined || before.includes(path) ? why : `${path}: ${why}`;
}
