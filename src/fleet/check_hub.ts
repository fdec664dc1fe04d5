import type { JetStreamManager, NatsConnection, StreamInfo } from "nats";
import { systemTime } from "../base/time.ts";
import { streamName } from "../nats/mod.ts";
import type { Finding } from "./audit_result.ts";
import { topologyOf } from "./existing.ts";
import { findStream } from "./find_stream.ts";
import { Findings } from "./findings.ts";
import { leftRefills } from "./refill.ts";
import { planSetup } from "./setup.ts";

/** The streams of a fleet. */
export interface HubScope {
  readonly connection: NatsConnection;
  readonly manager: JetStreamManager;
  /** Beginning of all subjects. */
  readonly prefix: string;
}

/** What is wrong with the hub itself: settings of its streams, its room, and what an interrupted repair left. */
export async function checkHub(scope: HubScope): Promise<Finding[]> {
  const { manager, prefix } = scope;
  const findings = new Findings();
  const hub = await findings.attempt(
    "stream",
    "look for the stream of records",
    () => findStream(manager, prefix, "ocmf"),
  );
  if (hub !== undefined) {
    await findings.attempt(
      "stream",
      `look at the settings of ${hub.config.name}`,
      () => checkDrift(scope, hub, findings),
    );
    await findings.attempt("stream", "look for what repairs left", async () => {
      const left = await leftRefills(manager, hub);
      if (left.length === 0) return;
      findings.add("stream", `An interrupted repair left ${left.join(", ")}; run fleet audit --repair`);
    });
    checkStreamRoom(hub, findings);
  }
  await findings.attempt("room", "ask for the room of the account", () => checkAccountRoom(manager, findings));
  return findings.list;
}

/** Streams that nodes make for themselves are compared by them, and a difference is a fault of the node. */
async function checkDrift(
  { connection, manager, prefix }: HubScope,
  hub: StreamInfo,
  findings: Findings,
): Promise<void> {
  // A stream of another name was made by hand: setup has nothing to compare it with
  if (topologyOf(hub.config) === "single" || hub.config.name !== streamName(prefix, "ocmf")) return;
  const options = { prefix, consumers: [], repair: false, isCluster: connection.info?.cluster !== undefined };
  const patience = { untilMs: systemTime.mono(), say: () => {} };
  for (const { action, subject, text } of await planSetup(manager, options, patience)) {
    if (action === "create") findings.add("stream", `There is no ${subject}; create it with fleet setup`);
    if (action === "differs") findings.add("stream", `The ${subject} is not as fleet setup makes it: ${text}`);
  }
}

function checkStreamRoom({ config, state }: StreamInfo, findings: Findings): void {
  const { name, max_bytes: most } = config;
  if (most <= 0 || state.bytes < full * most) return;
  findings.add("room", `Stream ${name} has ${state.bytes} of ${most} bytes; raise its max_bytes before it is full`);
}

async function checkAccountRoom(manager: JetStreamManager, findings: Findings): Promise<void> {
  const { storage, limits: { max_storage: most } } = await manager.getAccountInfo();
  if (most <= 0 || storage < full * most) return;
  findings.add("room", `The account has stored ${storage} of ${most} bytes; raise its limit, or store less`);
}

/** Of a limit. */
const full = 0.9;
