import { addUser, userName, UsersError } from "../web/mod.ts";
import { exitCode, type Io } from "./io.ts";
import { lines } from "./safe_text.ts";

/** Shorter passwords can be guessed in spite of the limits of the login. */
const minPassword = 10;

/**
 * Adds a user to the file of users, with the password on standard input.
 *
 * @returns the exit code: 0 added, 1 the file cannot be written, 2 there is no file, or name or password are not allowed
 */
export async function addWebUser(
  name: string,
  file: string | undefined,
  io: Pick<Io, "out" | "err" | "readInput">,
): Promise<number> {
  if (file === undefined) {
    io.err(lines("Cannot add a user: name the file with --password-hash-file or web.password_hash_file"));
    return exitCode.usage;
  }
  if (!userName.pattern.test(name)) {
    io.err(lines(`Cannot add the user ${JSON.stringify(name)}: allowed are ${userName.allowed}`));
    return exitCode.usage;
  }
  io.err(lines(`Password of ${name}, then a new line and Ctrl-D:`));
  const password = new TextDecoder().decode(await io.readInput()).replace(/\r?\n$/, "");
  if (password.length < minPassword || /[\r\n]/.test(password)) {
    io.err(lines(`Cannot add the user ${name}: a password has one line of at least ${minPassword} characters`));
    return exitCode.usage;
  }
  try {
    await addUser(file, name, password);
  } catch (error) {
    if (!(error instanceof UsersError)) throw error;
    io.err(lines(error.message));
    return exitCode.failed;
  }
  io.out(lines(`${file} has the user ${name}`));
  return exitCode.done;
}
