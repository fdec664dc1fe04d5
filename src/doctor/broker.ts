import { errorText } from "../base/log.ts";
import type { Time } from "../base/time.ts";
import { meterNames, streamsWithLimits } from "../config/mod.ts";
import {
  connectFailureText,
  connectOnce,
  isRefusedUser,
  jetstreamRoom,
  missingRights,
  NatsSetupError,
  streamReports,
  usedKinds,
  usualInbox,
} from "../nats/mod.ts";
import type { Examined } from "./examined.ts";
import { type Finding, Findings } from "./finding.ts";

type Connection = Awaited<ReturnType<typeof connectOnce>>;

/** Checks the broker, its JetStream, the streams and the permissions of the service's user. Changes nothing there. */
export async function checkBroker(examined: Examined, time: Time): Promise<readonly Finding[]> {
  const findings = new Findings("broker");
  const { nats } = examined.settings;
  const servers = nats.servers.join(", ");
  let connection: Connection;
  try {
    connection = await connectOnce("wattseal doctor", nats);
  } catch (error) {
    if (error instanceof NatsSetupError) findings.problem(errorText(error), "correct the file or its path");
    else {
      const repair = isRefusedUser(error)
        ? "compare the credentials in section nats with the users of the server"
        : "start the server, or correct nats.servers; check the network and the firewall";
      findings.problem(`Cannot connect to ${servers}: ${connectFailureText(error)}`, repair);
    }
    const others = (["jetstream", "streams", "rights"] as const).map((check) => new Findings(check));
    return [...findings.all, ...others.flatMap((other) => other.unknown("Not checked: there is no connection").all)];
  }
  try {
    describe(findings, connection, examined);
    return [
      ...findings.all,
      ...await checkJetStream(connection, examined),
      ...await checkStreams(connection, examined),
      ...await checkRights(connection, examined, time),
    ];
  } finally {
    await connection.close();
  }
}

function describe(findings: Findings, connection: Connection, { settings: { nats } }: Examined): void {
  const server = connection.getServer();
  const isEncrypted = nats.tls !== undefined || connection.info?.tls_required === true;
  const found = `Connected to ${server}, nats-server ${connection.info?.version}, ${
    isEncrypted ? "with" : "without"
  } TLS`;
  const hasSecret = nats.password !== undefined || nats.token !== undefined;
  if (isEncrypted || !hasSecret || isLocal(server)) findings.ok(found);
  else findings.warning(`${found}: the password passes the network as it is`, "use tls:// in nats.servers");
}

function isLocal(server: string): boolean {
  return /^(127\.|localhost|\[?::1)/.test(server);
}

async function checkJetStream(connection: Connection, { settings: { nats } }: Examined): Promise<readonly Finding[]> {
  const findings = new Findings("jetstream");
  try {
    const { usedBytes, limitBytes } = await jetstreamRoom(connection, nats.jetstreamDomain);
    const used = `${Math.ceil(usedBytes / 1_000_000)} MB`;
    if (limitBytes === undefined) findings.ok(`The account uses ${used}, without a limit of its own`);
    else {
      const found = `The account uses ${used} of ${Math.floor(limitBytes / 1_000_000)} MB`;
      if (usedBytes < limitBytes * fullShare) findings.ok(found);
      else findings.warning(found, "raise the limit of the account, or limit the stream of readings");
    }
  } catch (error) {
    // Rights for this request are optional; the check of streams reports a missing JetStream
    findings.unknown(`The storage of the account is unknown: ${errorText(error)}`);
  }
  return findings.all;
}

const fullShare = 0.9;

async function checkStreams(connection: Connection, { settings, servicePid }: Examined): Promise<readonly Finding[]> {
  const findings = new Findings("streams");
  const { site, nats: { subjectPrefix: prefix, jetstreamDomain: domain } } = settings;
  const streams = streamsWithLimits(settings);
  try {
    const names = meterNames(settings);
    const meters = { names, has: (name: string) => names.includes(name) };
    for (const report of await streamReports(connection, { prefix, site, meters, streams, domain })) {
      const { kind, stream, messages, problems, protect } = report;
      for (const text of problems) findings.problem(text, "the text contains the command");
      if (protect !== undefined) {
        findings.warning(`Requests may delete records from ${stream}: an earlier release created it`, `run ${protect}`);
      }
      if (problems.length > 0) continue;
      const count = messages === undefined ? "" : `, with ${messages} messages`;
      if (stream !== undefined) findings.ok(`${stream} stores the messages of the kind ${kind}${count}`);
      else if (streams[kind]?.enabled !== true) {
        findings.ok(`No stream stores the messages of the kind ${kind}, as configured`);
      } else if (servicePid === undefined) {
        findings.ok(`The stream of the kind ${kind} is missing; the service creates it`);
      } else findings.problem(`The stream of the kind ${kind} is missing`, "the log of the service has the reason");
    }
  } catch (error) {
    findings.problem(`Cannot check the streams: ${errorText(error)}`, "enable JetStream on the server");
  }
  return findings.all;
}

async function checkRights(connection: Connection, { settings }: Examined, time: Time): Promise<readonly Finding[]> {
  const findings = new Findings("rights");
  const { site, nats: { subjectPrefix: prefix, jetstreamDomain: domain, inboxPrefix = usualInbox } } = settings;
  const uses = usedKinds(streamsWithLimits(settings));
  const creates = uses.filter((kind) => settings.streams[kind].enabled);
  try {
    const missing = await missingRights(connection, { prefix, site, inboxPrefix, domain, uses, creates }, time);
    for (const text of missing) {
      findings.problem(text, "add the permission, and reload the configuration of the server");
    }
    if (missing.length === 0) findings.ok("The user has the permissions that can be tested without a real message");
  } catch (error) {
    findings.unknown(`The permissions are unknown: ${errorText(error)}`);
  }
  return findings.all;
}
