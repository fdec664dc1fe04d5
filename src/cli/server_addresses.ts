import { isServer } from "../base/host_address.ts";

/** Servers and, if an address has them, credentials. */
export interface ServerAddresses {
  /** Without user, password and token. */
  readonly servers: readonly string[];
  readonly identity?: { readonly user: string; readonly password: string } | { readonly token: string };
}

/** An address is invalid. The message never contains a user, password or token. */
export class AddressError extends Error {
  override readonly name = "AddressError";
}

/**
 * Removes the user, password or token from addresses: `nats://user:password@host:4222,nats://host2` becomes two plain
 * addresses and the user. One address with credentials is enough.
 *
 * @throws {AddressError} an address is invalid, or two addresses have different credentials
 */
export function parseServers(text: string): ServerAddresses {
  const found = text.split(",").map((part) => /^((?:nats|tls):\/\/)?(?:([^@]*)@)?([^@]*)$/.exec(part.trim()));
  const servers = found.map((parts) => parts === null ? "" : `${parts[1] ?? ""}${parts[3]}`);
  if (!servers.every(isServer)) {
    throw new AddressError(`${JSON.stringify(hidden(text))} is not an address of a NATS server`);
  }
  const identities = new Set(found.flatMap((parts) => parts?.[2] === undefined ? [] : [parts[2]]));
  if (identities.size > 1) throw new AddressError("the addresses have different users; a connection has one user");
  const [identity] = identities;
  return identity === undefined ? { servers } : { servers, identity: identityOf(identity) };
}

function identityOf(text: string): NonNullable<ServerAddresses["identity"]> {
  const [user = "", ...rest] = text.split(":").map(decoded);
  return rest.length === 0 ? { token: user } : { user, password: rest.join(":") };
}

/** Special characters in a user or password are percent-encoded. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The password in an invalid address may contain a comma or an @: hide everything before the last @. */
function hidden(text: string): string {
  return text.includes("@") ? `***${text.slice(text.lastIndexOf("@"))}` : text;
}
