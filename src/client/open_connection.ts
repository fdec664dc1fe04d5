import type { ClientConnection } from "./connection.ts";
import { type ClientOptions, WattsealClient } from "./wattseal_client.ts";

/** What is used of the package `nats` or `nats.ws`, imported as a namespace. */
export interface NatsLibrary<Connection extends ClientConnection> {
  /** Opens a connection. */
  connect(options?: NatsConnectOptions): Promise<Connection>;
  /** Proves the identity in a credentials file. */
  credsAuthenticator(credentials: Uint8Array): unknown;
}

/** The options of the package that are used. */
export interface NatsConnectOptions {
  /** Addresses of the servers. */
  servers?: string | string[];
  /** Name of the connection on the server. */
  name?: string;
  /** Result of `credsAuthenticator`. */
  authenticator?: unknown;
  /** Name of a user. */
  user?: string;
  /** Password of the user. */
  pass?: string;
  /** A token in place of a user. */
  token?: string;
  /** Certificates and keys in PEM format. */
  tls?: unknown;
  /** First tokens of the subjects for answers. */
  inboxPrefix?: string;
  /** -1: a lost connection is never given up. */
  maxReconnectAttempts?: number;
}

/** Servers, credentials and TLS. Texts are contents of files, not their paths, so that they work in a browser too. */
export interface ConnectionAccess {
  /** `host:port`, `tls://host:port`, or `wss://host:port` with `nats.ws`. */
  readonly servers: readonly string[];
  /** Content of a credentials file, as `wattseal fleet operator create` writes it. */
  readonly credentials?: string;
  /** Name of a user, with `password`. */
  readonly user?: string;
  /** Password of the user. */
  readonly password?: string;
  /** A token. */
  readonly token?: string;
  /** TLS is required if present, even if empty. A browser uses its own certificates and takes none of these. */
  readonly tls?: {
    /** The certificate of the authority in PEM format. @default those of the system */
    readonly ca?: string;
    /** The own certificate in PEM format, with `key`. */
    readonly cert?: string;
    /** The key of the own certificate in PEM format. */
    readonly key?: string;
  };
  /** Name of the connection on the server. @default `wattseal client` */
  readonly name?: string;
}

/** A client and its connection. Close the connection when the client is no longer used. */
export interface OpenClient<Connection extends ClientConnection> {
  /** The client. */
  readonly client: WattsealClient;
  /** The connection, with all methods of its package. */
  readonly connection: Connection;
}

/**
 * Opens a connection that is never given up, and a client over it with the same inbox prefix.
 *
 * @throws {RangeError} more than one of credentials, user and token is given, or a user without its password
 * @throws {Error} no server accepts the connection; the error is that of the package
 */
export async function openClient<Connection extends ClientConnection>(
  library: NatsLibrary<Connection>,
  { servers, credentials, user, password, token, tls, name = "wattseal client" }: ConnectionAccess,
  options: ClientOptions = {},
): Promise<OpenClient<Connection>> {
  if ([credentials, user, token].filter((one) => one !== undefined).length > 1) {
    throw new RangeError("Cannot connect with several of credentials, user and token: give one of them");
  }
  if ((user === undefined) !== (password === undefined)) {
    throw new RangeError("Cannot connect with only one of user and password: give both");
  }
  const connection = await library.connect({
    servers: [...servers],
    name,
    maxReconnectAttempts: -1,
    ...(credentials !== undefined && {
      authenticator: library.credsAuthenticator(new TextEncoder().encode(credentials)),
    }),
    ...(user !== undefined && password !== undefined && { user, pass: password }),
    ...(token !== undefined && { token }),
    ...(tls !== undefined && { tls }),
    ...(options.inboxPrefix !== undefined && { inboxPrefix: options.inboxPrefix }),
  });
  return { client: new WattsealClient(connection, options), connection };
}
