import type { JetStreamManager, NatsConnection, StreamInfo } from "nats";
import { systemTime } from "../base/time.ts";
import { streamName } from "../nats/mod.ts";
import type { Finding } from "./audit_result.ts";
import { topologyOf } from "./existing.ts";
import { findStream } from "./find_stream.ts";
import { Findings } from "./findings.ts";
import { leftRefills } from "./refill.ts";
import { planSetup } from "./setup.ts";

/** Access to the streams of a fleet. */
export interface HubScope {
  readonly connection: NatsConnection;
  readonly manager: JetStreamManager;
  /** Prefix of all subjects. */
  readonly prefix: string;
}

/** Checks the hub itself: settings of its streams, free storage, and leftovers of interrupted repairs. */
export async function checkHub(scope: HubScope): Promise<Finding[]> {
  const { manager, prefix } = scope;
  const findings = new Findings();
  const hub = await findings.attempt(
    "stream",
    "find the stream of records",
    () => findStream(manager, prefix, "ocmf"),
  );
  if (hub !== undefined) {
    await findings.attempt(
      "stream",
      `check the settings of ${hub.config.name}`,
      () => checkDrift(scope, hub, findings),
    );
    await findings.attempt("stream", "find leftovers of repairs", async () => {
      const left = await leftRefills(manager, hub);
      if (left.length === 0) return;
      findings.add("stream", `An interrupted repair left ${left.join(", ")}; run fleet audit --repair`);
    });
    checkStreamRoom(hub, findings);
  }
  await findings.attempt("room", "read the storage of the account", () => checkAccountRoom(manager, findings));
  return findings.list;
}

/** Nodes check the streams that they create themselves, and report differences as a fault. */
async function checkDrift(
  { connection, manager, prefix }: HubScope,
  hub: StreamInfo,
  findings: Findings,
): Promise<void> {
  // A stream with another name was created by hand: setup cannot compare it
  if (topologyOf(hub.config) === "single" || hub.config.name !== streamName(prefix, "ocmf")) return;
  const options = { prefix, consumers: [], repair: false, isCluster: connection.info?.cluster !== undefined };
  const retryLimit = { untilMs: systemTime.mono(), print: () => {} };
  for (const { action, subject, text } of await planSetup(manager, options, retryLimit)) {
    if (action === "create") findings.add("stream", `The ${subject} is missing; create it with fleet setup`);
    if (action === "differs") findings.add("stream", `The ${subject} differs from fleet setup: ${text}`);
  }
}

function checkStreamRoom({ config, state }: StreamInfo, findings: Findings): void {
  const { name, max_bytes: limit } = config;
  if (limit <= 0 || state.bytes < warningShare * limit) return;
  findings.add(
    "room",
    `Stream ${name} uses ${state.bytes} of ${limit} bytes; increase its max_bytes before it ` +
      "is full",
  );
}

async function checkAccountRoom(manager: JetStreamManager, findings: Findings): Promise<void> {
  const { storage, limits: { max_storage: limit } } = await manager.getAccountInfo();
  if (limit <= 0 || storage < warningShare * limit) return;
  findings.add("room", `The account uses ${storage} of ${limit} bytes; increase its limit, or store less`);
}

/** Share of a limit at which a finding is reported. */
const warningShare = 0.9;
