import { ErrorCode, NatsError } from "nats";
import { errorText } from "../base/log.ts";

/** The operation that failed, for messages. */
export interface Attempted {
  /** JetStream domain of the request; undefined: the domain of the connected server. */
  readonly domain?: string | undefined;
  /** Subject of a message for a stream; undefined: a request to JetStream itself. */
  readonly subject?: string | undefined;
}

/** JetStream's error number. */
export function apiCode(error: unknown): number | undefined {
  return error instanceof NatsError ? error.api_error?.err_code : undefined;
}

/** A sentence for the operator: the answer of JetStream, and what to do. */
export function jetstreamReason(error: unknown, attempted: Attempted = {}): string {
  if (!(error instanceof NatsError)) return errorText(error);
  if (error.api_error !== undefined) {
    const { description, err_code: code } = error.api_error;
    const remedy = code === undefined ? undefined : remedies.get(code);
    return remedy === undefined ? description : `${description}: ${remedy}`;
  }
  switch (error.code) {
    case ErrorCode.NoResponders:
      return noResponders(attempted);
    case ErrorCode.Timeout:
      return noAnswer(attempted);
    case ErrorCode.PermissionsViolation:
      return forbidden(error);
    default:
      return errorText(error);
  }
}

/** Whether a message or a stream was refused because the stream, its account or the server has no room. */
export function isWithoutRoom(error: unknown): boolean {
  const code = apiCode(error);
  if (code === noPeers) return /insufficient/.test(jetstreamReason(error));
  return code !== undefined && withoutRoom.has(code);
}

/** The sentence for a subject on which this user may not publish. */
export function forbiddenText(subject: string): string {
  return `The server does not permit this user to publish to ${subject}`;
}

/** Another stream already has subjects of the stream and stores their messages. */
export const subjectsOverlap = 10065;
/** The configuration of a stream is invalid; the description has the reason. */
export const invalidConfig = 10052;
/** There is no stream with this name. */
export const streamNotFound = 10059;
/** The stream does not have the message. */
export const messageNotFound = 10037;
/** A message is longer than the stream accepts. */
export const longerThanStreamTakes = 10054;
/** A stream with this name exists with other settings. */
export const streamNameInUse = 10058;
/** The limit of the stream is higher than the account allows for one stream. */
export const maxStreamBytesExceeded = 10122;

const accountFull = 10002;
const noPeers = 10005;
const serverFull = 10023;
const memoryShort = 10028;
const storageShort = 10047;
const storeFailed = 10077;
const maxBytesRequired = 10113;

const withoutRoom: ReadonlySet<number> = new Set([accountFull, serverFull, memoryShort, storageShort, storeFailed]);

const noLeader = "wait until more than half of the servers of the cluster run and are connected";
const moreDisk = "raise `max_file_store` of the server, free space on its disk, or limit a stream with `max_bytes`";

const remedies: ReadonlyMap<number, string> = new Map([
  [accountFull, "raise the JetStream limit of the account, or remove messages that are not needed"],
  [noPeers, "connect as many servers with JetStream and enough room as the stream has replicas, or reduce `replicas`"],
  [10007, noLeader],
  [10008, noLeader],
  [10009, noLeader],
  [serverFull, moreDisk],
  [10027, "raise the stream limit of the account"],
  [memoryShort, "raise `max_memory_store` of the server, or keep the stream in files"],
  [10039, "enable JetStream for the account of this user, or connect as a user of another account"],
  [storageShort, `${moreDisk}; if the account has a limit, raise it`],
  [longerThanStreamTakes, "raise `max_msg_size` of the stream"],
  [10060, "another stream has the subject; remove the subject from one of the two"],
  [subjectsOverlap, "remove the subjects from the other stream (`nats stream ls`), or set `streams.scope: site`"],
  [10074, "set `replicas: 1`, or connect to a cluster"],
  [10076, "enable JetStream on the server with a `jetstream` section in its configuration"],
  [storeFailed, "raise `max_bytes` or `max_msgs` of the stream, or remove messages that are not needed"],
  [maxBytesRequired, "set `max_bytes` of the stream in the section `streams` of the configuration"],
  [10118, "start the servers that store the stream"],
  [10120, "set `replicas` to a number for which the account has a limit"],
  [maxStreamBytesExceeded, "set a smaller `max_bytes` in the section `streams` of the configuration"],
]);

function noResponders({ domain, subject }: Attempted): string {
  if (subject !== undefined) {
    return `No stream accepts ${subject}: check that JetStream is enabled and that a stream has the subject`;
  }
  if (domain !== undefined) {
    return `The JetStream domain ${domain} does not answer: check \`nats.jetstream_domain\`, and that the server ` +
      "of this domain is connected";
  }
  return "JetStream does not answer: enable it on the server and for the account of this user, or set " +
    "`nats.jetstream_domain`";
}

function noAnswer({ domain, subject }: Attempted): string {
  if (subject !== undefined) {
    return `No stream acknowledges ${subject} in time: check that a stream has the subject, and that its servers are not overloaded`;
  }
  return `JetStream${domain === undefined ? "" : ` of domain ${domain}`} does not answer in time: check that its ` +
    "servers run, that their cluster has a leader, and that this user may publish to $JS.API";
}

function forbidden(error: NatsError): string {
  const { permissionContext: context } = error;
  if (context === undefined) return errorText(error);
  if (context.operation === "publish") return forbiddenText(context.subject);
  return `The server does not permit this user to subscribe to ${context.subject}`;
}
