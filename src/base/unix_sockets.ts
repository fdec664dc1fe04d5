/**
 * Whether no process serves a Unix socket: a connection is refused. The file of a process that was killed stays.
 *
 * @param path of a socket: a connection to any other file is refused, too
 * @throws the error of the connection, if it fails for another reason
 */
export async function isUnserved(path: string): Promise<boolean> {
  try {
    (await Deno.connect({ transport: "unix", path })).close();
    return false;
  } catch (error) {
    if (error instanceof Deno.errors.ConnectionRefused) return true;
    throw error;
  }
}
