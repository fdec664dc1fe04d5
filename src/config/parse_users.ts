import { parsePasswordHash, type PasswordHash } from "./parse_password_hash.ts";

/** The form of a name of a user. */
export const userName = { pattern: /^[\w.@-]{1,64}$/, allowed: "1 to 64 letters, digits, _, ., @ and -" } as const;

/** The content of a file of users. */
export interface ParsedUsers {
  /** The hashes by name. */
  readonly users: ReadonlyMap<string, PasswordHash>;
  /** The first line that cannot be used; undefined: none. Its text does not contain the line, which can be a password. */
  readonly mistake: { readonly line: number; readonly text: string } | undefined;
}

/** Parses the users of the page: lines `NAME:HASH`. Empty lines, and lines that begin with `#`, have no user. */
export function parseUsers(text: string): ParsedUsers {
  const users = new Map<string, PasswordHash>();
  for (const [at, line] of text.split("\n").entries()) {
    if (line.trim() === "" || line.startsWith("#")) continue;
    const [, name = "", hash = ""] = /^([^:]*):(.*)$/.exec(line.trim()) ?? [];
    try {
      if (!userName.pattern.test(name)) {
        throw new SyntaxError(`allowed is NAME:HASH, with a name of ${userName.allowed}`);
      }
      users.set(name, parsePasswordHash(hash));
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      return { users, mistake: { line: at + 1, text: error.message } };
    }
  }
  return { users, mistake: undefined };
}
