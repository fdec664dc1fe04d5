import { isServer } from "../config/mod.ts";

/** Servers and, where an address carries it, who we are to them. */
export interface ServerAddresses {
  /** Without user, password and token. */
  readonly servers: readonly string[];
  readonly identity?: { readonly user: string; readonly password: string } | { readonly token: string };
}

/** Why an address cannot be used; never with its user, password or token. */
export class AddressError extends Error {
  override readonly name = "AddressError";
}

/**
 * Takes the user, password or token out of addresses: `nats://user:password@host:4222,nats://host2` becomes two plain
 * addresses and the user. Only the first that has one need carry it.
 *
 * @throws {AddressError} an address has another form, or two carry different identities
 */
export function parseServers(text: string): ServerAddresses {
  const found = text.split(",").map((part) => /^((?:nats|tls):\/\/)?(?:([^@]*)@)?([^@]*)$/.exec(part.trim()));
  const servers = found.map((parts) => parts === null ? "" : `${parts[1] ?? ""}${parts[3]}`);
  if (!servers.every(isServer)) {
    throw new AddressError(`${JSON.stringify(hidden(text))} is no address of a NATS server`);
  }
  const identities = new Set(found.flatMap((parts) => parts?.[2] === undefined ? [] : [parts[2]]));
  if (identities.size > 1) throw new AddressError("the addresses carry different users; a connection has one");
  const [identity] = identities;
  return identity === undefined ? { servers } : { servers, identity: identityOf(identity) };
}

function identityOf(text: string): NonNullable<ServerAddresses["identity"]> {
  const [user = "", ...rest] = text.split(":").map(decoded);
  return rest.length === 0 ? { token: user } : { user, password: rest.join(":") };
}

/** A user or password with special characters has them percent-encoded. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** A broken address may hold a comma or an @ in its password: everything before the last @ could be part of it. */
function hidden(text: string): string {
  return text.includes("@") ? `***${text.slice(text.lastIndexOf("@"))}` : text;
}
