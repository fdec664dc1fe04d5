import { userName } from "../config/mod.ts";
import { addUser, UsersError } from "../web/mod.ts";
import { endCode, exitCode, type Io } from "./io.ts";
import { type PasswordIo, readPassword } from "./read_password.ts";
import { lines } from "./safe_text.ts";

/** Shorter passwords can be guessed in spite of the limits of the login. */
const minPassword = 10;

/**
 * Adds a user to the file of users, with the password on standard input. A terminal does not show it.
 *
 * @returns the exit code: 0 added, 1 the file cannot be written, 2 there is no file, or name or password are not allowed, 130
 * interrupted
 */
export async function addWebUser(
  name: string,
  file: string | undefined,
  io: PasswordIo & Pick<Io, "out">,
): Promise<number> {
  if (file === undefined) {
    io.err(lines("Cannot add a user: name the file with --password-hash-file or web.password_hash_file"));
    return exitCode.usage;
  }
  if (!userName.pattern.test(name)) {
    io.err(lines(`Cannot add the user ${JSON.stringify(name)}: allowed are ${userName.allowed}`));
    return exitCode.usage;
  }
  const entered = await readPassword(name, io);
  if (entered === undefined) return endCode(io.interrupted);
  if (entered === "differ") {
    io.err(lines(`Cannot add the user ${name}: the two passwords differ; repeat the command`));
    return exitCode.usage;
  }
  const { text: password } = entered;
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
