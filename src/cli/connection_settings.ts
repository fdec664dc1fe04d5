import { fileProblem } from "../base/file_problem.ts";
import { wantsTls } from "../base/host_address.ts";
import type { ServerOptions } from "../nats/mod.ts";
import type { ConnectionOptions } from "./connection_options.ts";
import type { Io } from "./io.ts";
import { readNatsContext } from "./nats_context.ts";
import { AddressError, parseServers } from "./server_addresses.ts";

/** How a command connects: the result of options, files and environment. */
export interface ConnectionSettings {
  readonly server: ServerOptions;
  /** Source of the servers, for messages: `--server`, `NATS_URL`, `--context prod`. */
  readonly serversBy: string;
  /** Source of the credentials, for messages: `--creds`, `NATS_CREDS`, `--context prod`. */
  readonly credentialsBy?: string | undefined;
  /** JetStream domain. Default: that of the connected server. */
  readonly domain?: string | undefined;
  /** Prefix of all subjects. */
  readonly prefix: string;
}

/** The options, or the files that they name, cannot be used. The message says which and why. */
export class ConnectionUsageError extends Error {
  override readonly name = "ConnectionUsageError";
}

type Credentials = Pick<ServerOptions, "credentialsFile" | "nkeySeedFile" | "user" | "password" | "token">;

/** Credentials, and their source. */
interface Identity {
  readonly by: string;
  readonly credentials: Credentials;
}

/** The values of one source: the options, a file, or the environment. */
interface Source {
  readonly servers?: readonly string[];
  /** Name of this source in messages. */
  readonly by: string;
  readonly identity?: Identity | undefined;
  readonly tls?: NonNullable<ServerOptions["tls"]> | undefined;
  readonly domain?: string | undefined;
  readonly inboxPrefix?: string | undefined;
  readonly prefix?: string | undefined;
}

/**
 * Determines how to connect. A single option overrides the file that `--config` or `--context` names. The environment
 * is used only if neither is given.
 *
 * @returns undefined if the site file cannot be used; the reason is on standard error
 * @throws {ConnectionUsageError} options contradict each other, or a named file cannot be used
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
    throw new ConnectionUsageError("--tlscert and --tlskey require each other: give both, a certificate and its key");
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
    identity: singleIdentity([...await identitiesOf(options), ...(addresses?.identity ?? [])]),
    tls: tlsOf(options.tlsca, options.tlscert, options.tlskey),
    domain,
    inboxPrefix,
  };
}

async function identitiesOf(options: ConnectionOptions): Promise<Identity[]> {
  const { creds, nkey, user, passwordFile, token } = options;
  if ((user === undefined) !== (passwordFile === undefined)) {
    throw new ConnectionUsageError(
      "--user and --password-file require each other: give both, a user and the " +
        "file with the password",
    );
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
    throw new ConnectionUsageError(`Cannot read --password-file ${file}: ${fileProblem(error)}`);
  }
  if (password === "") throw new ConnectionUsageError(`--password-file ${file} is empty`);
  return password;
}

function fromFileOrEnvironment(
  { config, context }: ConnectionOptions,
  io: Pick<Io, "env" | "err">,
): Promise<Source | undefined> | Source {
  if (config !== undefined && context !== undefined) {
    throw new ConnectionUsageError("--config and --context exclude each other: give one of them");
  }
  if (config !== undefined) return fromSiteFile(config, io);
  return context === undefined ? fromEnvironment(io) : fromContext(context, io);
}

async function fromSiteFile(file: string, io: Pick<Io, "env" | "err">): Promise<Source | undefined> {
  // The code of the configuration takes long to load
  const { readSettings } = await import("./read_settings.ts");
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
    throw new ConnectionUsageError(`${by} has several of user, creds, nkey and token: keep only one of them`);
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
  // An empty variable counts as not set.
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

/** A certificate and its key are used together: files of two sources are never mixed. */
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

/** The NATS client ignores a file with the wrong content. A file that cannot be read is reported later. */
async function checkTlsFiles({ caFile, certFile, keyFile }: NonNullable<ServerOptions["tls"]>): Promise<void> {
  const checks = [
    { option: "--tlsca", file: caFile, what: "certificate", mark: /-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----/ },
    { option: "--tlscert", file: certFile, what: "certificate", mark: /-----BEGIN (?:X509 )?CERTIFICATE-----/ },
    { option: "--tlskey", file: keyFile, what: "private key", mark: /-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY-----/ },
  ];
  for (const { option, file, what, mark } of checks) {
    const text = file === undefined ? undefined : await Deno.readTextFile(file).catch(() => undefined);
    if (text === undefined || mark.test(text)) continue;
    throw new ConnectionUsageError(`Cannot use ${file} for TLS (${option}): it contains no ${what} in PEM format`);
  }
}

function addressesOf(text: string, by: string): { servers: readonly string[]; identity: Identity[] } {
  try {
    const { servers, identity } = parseServers(text);
    return { servers, identity: identity === undefined ? [] : [{ by: `the user in ${by}`, credentials: identity }] };
  } catch (error) {
    if (!(error instanceof AddressError)) throw error;
    throw new ConnectionUsageError(`${by} ${error.message}: ${allowedForms}`);
  }
}

const allowedForms =
  "allowed: HOST, HOST:PORT, nats://HOST:PORT or tls://HOST:PORT, each with an optional USER:PASSWORD@ or TOKEN@ " +
  "before HOST; an IPv6 address in brackets; several addresses separated by commas";

function singleIdentity(identities: readonly Identity[]): Identity | undefined {
  const [first, second] = identities;
  if (first === undefined || second === undefined) return first;
  throw new ConnectionUsageError(`${first.by} and ${second.by} exclude each other: give one of them`);
}
