/**
 * Why a file cannot be used, as the end of a sentence that names it: `Cannot read site.yaml: there is no such file`.
 */
export function fileProblem(error: unknown): string {
  if (error instanceof Deno.errors.NotFound) return "there is no such file; check its path";
  if (error instanceof Deno.errors.IsADirectory) return "it is a directory; name a file in it";
  if (error instanceof Deno.errors.NotADirectory) {
    return "a part of its path is a file, not a directory; check its path";
  }
  if (error instanceof Deno.errors.AlreadyExists) return "the file already exists";
  if (error instanceof Deno.errors.PermissionDenied) return "permission denied; give this user access to it";
  // The caller names the file and the operation
  return (error instanceof Error ? error.message : String(error)).replace(systemDetails, "");
}

/** The details that Deno appends to a system error: a number, the operation and the path. */
const systemDetails = / \(os error \d+\)(?:: \w+ '([^']*)'.*)?.*$/s;
/** The attempt that Deno sometimes puts first: `Failed to spawn 'nats-server': `. */
const attempt = /^.*: (?=[^:]* \(os error \d+\))/s;

/**
 * The message of an error as the end of a sentence; system errors are put in plain words.
 *
 * @param before the sentence so far; a file that it names is not named again
 */
export function messageText(error: Error, before: string): string {
  const details = systemDetails.exec(error.message);
  // SQLite reports this, too, if a disk is too full for its index of the log
  if (details === null) return error.message.replace(/^disk I\/O error$/, "$&: the disk is full or faulty");
  const [, path] = details;
  const [tried] = attempt.exec(error.message) ?? [""];
  const why = fileProblem(error);
  if (tried !== "") return why.startsWith(tried) ? why : tried + why;
  return path === undefined || before.includes(path) ? why : `${path}: ${why}`;
}
