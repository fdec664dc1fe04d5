import { findDebianProgram, type FindOptions } from "./debian_program.ts";

/**
 * Finds a nats-server: in PATH, else in the cache folder. Otherwise downloads Debian's package into the cache without
 * installing it. Several processes can do this at the same time.
 *
 * @returns path of the executable
 * @throws {Error} there is none and the download failed; the message says how to install it
 */
export async function findNatsServer(options: FindOptions): Promise<string> {
  return await findDebianProgram(
    { program: "nats-server", package: "nats-server", folder: "usr/sbin", website: "https://nats.io/download" },
    options,
  );
}
