import { defaultStreams, newNode, type NodeSetup } from "../nats/setup.ts";
import { runCommand } from "../support/run_command.ts";
import type { DeliveredSite } from "./delivered_site.ts";
import type { Edge } from "./hub_and_edges.ts";

/** The output of an audit for one site. */
interface AuditedSite {
  readonly reached: boolean;
  readonly clean: boolean;
  readonly journal: number;
  readonly hub: number;
  readonly copies: number;
  readonly findings: readonly { readonly kind: string; readonly message: string; readonly message_ids?: string[] }[];
  readonly repairs: readonly string[];
}

/** The output of an audit, and its exit code. */
export interface Audited {
  readonly code: number;
  readonly hub: Pick<AuditedSite, "findings">;
  readonly hubKinds: readonly string[];
  site(name: string): AuditedSite;
  kindsOf(site: string): string[];
}

/** Runs `fleet audit` and returns its objects: one for each site, and one for the hub. */
export async function audit(address: string, ...args: string[]): Promise<Audited> {
  const { code, out } = await runCommand(["fleet", "audit", "--server", address, "--json", ...args]);
  const objects = out.trimEnd().split("\n").map((line) => JSON.parse(line));
  const hub = objects.pop();
  const site = (name: string) => objects.find((object) => object.site === name);
  return { code, hub, site, kindsOf: (name) => kinds(site(name).findings), hubKinds: kinds(hub.findings) };
}

function kinds(findings: readonly { readonly kind: string }[]): string[] {
  return findings.map(({ kind }) => kind);
}

/** Starts the node of a site at its edge, with the journal of a test. */
export async function startNode(
  { site, server }: Edge,
  { journal }: DeliveredSite,
  setup: Partial<NodeSetup> = {},
): Promise<ReturnType<typeof newNode>> {
  const streams = { ...defaultStreams, scope: "site" } as const;
  const node = newNode({ address: server.address, options: { site, streams }, journal, ...setup });
  node.start();
  await node.connected;
  return node;
}
