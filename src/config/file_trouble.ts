import { errorText } from "../base/log.ts";

/** Why a file cannot be read, as the end of a sentence: `cannot read site.yaml: there is no such file`. */
export function fileTrouble(error: unknown): string {
  if (error instanceof Deno.errors.NotFound) return "there is no such file; check its path";
  if (error instanceof Deno.errors.IsADirectory) return "it is a directory; name a file in it";
  if (error instanceof Deno.errors.NotADirectory) return "its path leads through a file; check its path";
  if (error instanceof Deno.errors.PermissionDenied) return "the system refuses it; make it readable for this user";
  // The caller names the file, and knows what it was doing with it.
  return errorText(error).replace(/ \(os error \d+\).*$/s, "");
}
