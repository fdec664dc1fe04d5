import { fileProblem } from "../base/file_problem.ts";
import { Mutex } from "../base/mutex.ts";
import { replacePrivate } from "../base/private_files.ts";
import { createHmac } from "node:crypto";
import { parseUsers, type PasswordHash } from "../config/mod.ts";
import { isPassword, passwordHash } from "./password_hash.ts";

/** The file of users cannot be used. */
export class UsersError extends Error {
  override readonly name = "UsersError";
  /** Always this one. */
  readonly code = "users";
}

/** Passwords that are checked or wait for it; each check takes much memory and time. */
const maxChecks = 4;
/** Of these, those of clients at whose address the user has not logged in yet: others would have no place. */
const maxStrangers = 2;
const secretBytes = 32;

/** The users of a file with lines `NAME:HASH`. The file is read at each login, so a change needs no restart. */
export class Users {
  readonly #path: string;
  readonly #checks = new Mutex();
  readonly #secret = crypto.getRandomValues(new Uint8Array(secretBytes));

  /**
   * @param path of the file
   * @throws {UsersError} the file cannot be read, or a line is invalid
   */
  constructor(path: string) {
    this.#path = path;
    if (readUsers(path).size === 0) throw new UsersError(`${path} has no user; add one with --add-user NAME`);
  }

  /**
   * Whether a password is that of a user; `busy`: too many are checked now. An unknown name takes as long as a known one.
   *
   * @param client whether the user has logged in at this address before
   * @throws {UsersError} the file cannot be read, or a line is invalid
   */
  async check(
    name: string,
    password: string,
    { isKnown }: { readonly isKnown: boolean },
  ): Promise<boolean | "busy"> {
    if (this.#checks.pending >= (isKnown ? maxChecks : maxStrangers)) return "busy";
    return await this.#checks.run(async () => {
      const users = readUsers(this.#path);
      const expected = comparedHash(users, name, this.#secret);
      return expected !== undefined && await isPassword(password, expected) && users.has(name);
    });
  }
}

/**
 * The hash with which a password is compared. That of an unknown name is the one of some user: hashes can have different
 * costs, and the time of a check must not show which names are known.
 *
 * @param secret random bytes, so that nobody can compute which user it is
 * @returns undefined: there is no user
 */
export function comparedHash(
  users: ReadonlyMap<string, PasswordHash>,
  name: string,
  secret: Uint8Array,
): PasswordHash | undefined {
  const place = createHmac("sha256", secret).update(name).digest().readUInt32LE() % users.size;
  return users.get(name) ?? [...users.values()][place];
}

/**
 * Adds a user to a file, or replaces the password of one. Creates the file if it does not exist. If root adds the user, the
 * file keeps its owner, and a new one has that of its folder.
 *
 * @throws {UsersError} the file cannot be read or written
 */
export async function addUser(path: string, name: string, password: string): Promise<void> {
  const text = textOf(path, "");
  const others = text.split("\n").filter((line) => !line.startsWith(`${name}:`) && line !== "");
  const added = [...others, `${name}:${await passwordHash(password)}`, ""].join("\n");
  try {
    replacePrivate(path, added, { keepsAccess: true });
  } catch (error) {
    throw new UsersError(`Cannot write ${path}: ${fileProblem(error)}`);
  }
}

function readUsers(path: string): ReadonlyMap<string, PasswordHash> {
  const { users, mistake } = parseUsers(textOf(path));
  if (mistake === undefined) return users;
  const { line, text } = mistake;
  throw new UsersError(`Cannot use line ${line} of ${path}: ${text}; replace it with --add-user NAME`);
}

/** @param absent text of a file that does not exist; undefined: that is an error */
function textOf(path: string, absent?: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound && absent !== undefined) return absent;
    throw new UsersError(`Cannot read ${path}: ${fileProblem(error)}`);
  }
}
