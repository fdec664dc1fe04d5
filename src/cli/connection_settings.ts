import { fileProblem } from "../base/file_problem.ts";
import { wantsTls } from "../config/mod.ts";
import type { ServerOptions } from "../nats/mod.ts";
import type { ConnectionOptions } from "./connection_options.ts";
import type { Io } from "./io.ts";
import { readNatsContext } from "./nats_context.ts";
import { readSettings } from "./read_settings.ts";
import { AddressError, parseServers } from "./server_addresses.ts";

/** How a command connects, with all files and the environment worked in. */
export interface ConnectionSettings {
  readonly server: ServerOptions;
  /** Who named the servers, for messages: `--server`, `NATS_URL`, `--context prod`. */
  readonly serversBy: string;
  /** Who named the credentials, for messages: `--creds`, `NATS_CREDS`, `--context prod`. */
  readonly credentialsBy?: string | undefined;
  /** JetStream domain; absent = that of the server that we are connected to. */
  readonly domain?: string | undefined;
  /** Beginning of all subjects. */
  readonly prefix: string;
}

/** The options, or the files that they name, cannot be used; the message says which and why. */
export class ConnectionUsageError extends Error {
  override readonly name = "ConnectionUsageError";
}

type Credentials = Pick<ServerOptions, "credentialsFile" | "nkeySeedFile" | "user" | "password" | "token">;

/** Who we are, and who said so. */
interface Identity {
  readonly by: string;
  readonly credentials: Credentials;
}

/** What one source says: the options, a file, the environment. */
interface Source {
  readonly servers?: readonly string[];
  /** What this source is called in messages. */
  readonly by: string;
  readonly identity?: Identity | undefined;
  readonly tls?: NonNullable<ServerOptions["tls"]> | undefined;
  readonly domain?: string | undefined;
  readonly inboxPrefix?: string | undefined;
  readonly prefix?: string | undefined;
}

/**
 * Works out how to connect. A single option goes before the file that `--config` or `--context` names; the
 * environment counts only where neither is given.
 *
 * @returns undefined when the site file cannot be used; why stands on standard error
 * @throws {ConnectionUsageError} options contradict each other, or something that they name cannot be used
 */
export async function connectionSettings(
  options: ConnectionOptions,
  io: Pick<Io, "env" | "err">,
): Promise<ConnectionSettings | undefined> {
  const own = await fromOptions(options);
  const base = await fromFileOrEnvironment(options, io);
  if (base === undefined) return undefined;
  const servers = own.servers ?? base.servers ?? ["127.0.0.1:4222"];
  const identity = own.identity ?? base.identity;
  const tls = own.tls ?? base.tls ?? (wantsTls(servers) ? {} : undefined);
  if ((tls?.certFile === undefined) !== (tls?.keyFile === undefined)) {
    throw new ConnectionUsageError("--tlscert and --tlskey come together: a certificate and its key");
  }
  await checkTlsFiles(tls ?? {});
  const inboxPrefix = own.inboxPrefix ?? base.inboxPrefix;
  return {
    server: {
      servers,
      ...identity?.credentials,
      ...(tls !== undefined && { tls }),
      ...(inboxPrefix !== undefined && { inboxPrefix }),
    },
    serversBy: [own, base].find((source) => source.servers !== undefined)?.by ??
      "--server or NATS_URL: neither is given",
    credentialsBy: identity?.by,
    domain: own.domain ?? base.domain,
    prefix: options.prefix ?? base.prefix ?? "wattseal",
  };
}

async function fromOptions(options: ConnectionOptions): Promise<Source> {
  const { server, domain, inboxPrefix } = options;
  const addresses = server === undefined ? undefined : addressesOf(server, "--server");
  return {
    by: "--server",
    ...(addresses && { servers: addresses.servers }),
    identity: onlyOne([...await identitiesOf(options), ...(addresses?.identity ?? [])]),
    tls: tlsOf(options.tlsca, options.tlscert, options.tlskey),
    domain,
    inboxPrefix,
  };
}

async function identitiesOf(options: ConnectionOptions): Promise<Identity[]> {
  const { creds, nkey, user, passwordFile, token } = options;
  if ((user === undefined) !== (passwordFile === undefined)) {
    throw new ConnectionUsageError("--user and --password-file come together: a user and the file with the password");
  }
  return [
    ...(creds === undefined ? [] : [{ by: "--creds", credentials: { credentialsFile: creds } }]),
    ...(nkey === undefined ? [] : [{ by: "--nkey", credentials: { nkeySeedFile: nkey } }]),
    ...(token === undefined ? [] : [{ by: "--token", credentials: { token } }]),
    ...(user === undefined || passwordFile === undefined
      ? []
      : [{ by: "--user", credentials: { user, password: await passwordIn(passwordFile) } }]),
  ];
}

async function passwordIn(file: string): Promise<string> {
  let password: string;
  try {
    password = (await Deno.readTextFile(file)).replace(/\r?\n$/, "");
  } catch (error) {
    throw new ConnectionUsageError(`cannot read --password-file ${file}: ${fileProblem(error)}`);
  }
  if (password === "") throw new ConnectionUsageError(`--password-file ${file} is empty`);
  return password;
}

function fromFileOrEnvironment(
  { config, context }: ConnectionOptions,
  io: Pick<Io, "env" | "err">,
): Promise<Source | undefined> | Source {
  if (config !== undefined && context !== undefined) {
    throw new ConnectionUsageError("--config and --context contradict each other: give one of them");
  }
  if (config !== undefined) return fromSiteFile(config, io);
  return context === undefined ? fromEnvironment(io) : fromContext(context, io);
}

async function fromSiteFile(file: string, io: Pick<Io, "env" | "err">): Promise<Source | undefined> {
  const settings = await readSettings(file, io);
  if (settings === undefined) return undefined;
  const { servers, subjectPrefix, jetstreamDomain, inboxPrefix, tls, ...credentials } = settings.nats;
  return {
    by: `--config ${file}`,
    servers,
    identity: { by: `--config ${file}`, credentials },
    tls,
    domain: jetstreamDomain,
    inboxPrefix,
    prefix: subjectPrefix,
  };
}

async function fromContext(name: string, io: Pick<Io, "env">): Promise<Source> {
  const by = `--context ${name}`;
  const found = await readNatsContext(name, io);
  const addresses = found.url === undefined ? undefined : addressesOf(found.url, by);
  const { user, creds, nkey, token } = found;
  const named: Credentials[] = [
    ...(user === undefined ? [] : [{ user, password: found.password ?? "" }]),
    ...(creds === undefined ? [] : [{ credentialsFile: creds }]),
    ...(nkey === undefined ? [] : [{ nkeySeedFile: nkey }]),
    ...(token === undefined ? [] : [{ token }]),
  ];
  const [credentials] = named;
  if (named.length > 1) {
    throw new ConnectionUsageError(`${by} has several of user, creds, nkey and token: leave one in it`);
  }
  return {
    by,
    ...(addresses && { servers: addresses.servers }),
    identity: credentials === undefined ? addresses?.identity[0] : { by, credentials },
    tls: tlsOf(found.ca, found.cert, found.key),
    domain: found.jetstream_domain,
    inboxPrefix: found.inbox_prefix,
  };
}

function fromEnvironment(io: Pick<Io, "env">): Source {
  // One that is empty is not set.
  const url = io.env("NATS_URL") || undefined;
  const creds = io.env("NATS_CREDS") || undefined;
  const token = io.env("NATS_TOKEN") || undefined;
  const addresses = url === undefined ? undefined : addressesOf(url, "NATS_URL");
  const identities: Identity[] = [
    ...(creds === undefined ? [] : [{ by: "NATS_CREDS", credentials: { credentialsFile: creds } }]),
    ...(token === undefined ? [] : [{ by: "NATS_TOKEN", credentials: { token } }]),
    ...(addresses?.identity ?? []),
  ];
  return { by: "NATS_URL", ...(addresses && { servers: addresses.servers }), identity: identities[0] };
}

/** Files that belong together replace those of another source together. */
function tlsOf(
  caFile: string | undefined,
  certFile: string | undefined,
  keyFile: string | undefined,
): ServerOptions["tls"] | undefined {
  if (caFile === undefined && certFile === undefined && keyFile === undefined) return undefined;
  return {
    ...(caFile !== undefined && { caFile }),
    ...(certFile !== undefined && { certFile }),
    ...(keyFile !== undefined && { keyFile }),
  };
}

/** The client would ignore a file without what it should hold. One that cannot be read is refused later. */
async function checkTlsFiles({ caFile, certFile, keyFile }: NonNullable<ServerOptions["tls"]>): Promise<void> {
  const wanted = [
    { option: "--tlsca", file: caFile, what: "certificate", mark: /-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----/ },
    { option: "--tlscert", file: certFile, what: "certificate", mark: /-----BEGIN (?:X509 )?CERTIFICATE-----/ },
    { option: "--tlskey", file: keyFile, what: "private key", mark: /-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY-----/ },
  ];
  for (const { option, file, what, mark } of wanted) {
    const text = file === undefined ? undefined : await Deno.readTextFile(file).catch(() => undefined);
    if (text === undefined || mark.test(text)) continue;
    throw new ConnectionUsageError(`cannot use ${file} for TLS (${option}): it holds no ${what} in PEM form`);
  }
}

function addressesOf(text: string, by: string): { servers: readonly string[]; identity: Identity[] } {
  try {
    const { servers, identity } = parseServers(text);
    return { servers, identity: identity === undefined ? [] : [{ by: `the user in ${by}`, credentials: identity }] };
  } catch (error) {
    if (!(error instanceof AddressError)) throw error;
    throw new ConnectionUsageError(`${by} ${error.message}: ${forms}`);
  }
}

const forms =
  "allowed are HOST, HOST:PORT, nats://HOST:PORT and tls://HOST:PORT, each with USER:PASSWORD@ or TOKEN@ before HOST, " +
  "an IPv6 address in brackets, several separated by commas";

function onlyOne(identities: readonly Identity[]): Identity | undefined {
  const [first, second] = identities;
  if (first === undefined || second === undefined) return first;
  throw new ConnectionUsageError(`${first.by} and ${second.by} contradict each other: give one of them`);
}
