import assert from "node:assert/strict";
import { defaultStreams, newNode, type NodeSetup } from "../nats/setup.ts";
import { runCommand } from "../support/run_command.ts";
import { addRecordStream, DeliveredSite } from "./delivered_site.ts";
import { type Edge, HubAndEdges } from "./hub_and_edges.ts";

/** Runs `fleet audit` and gives its objects: one for each site, and the hub's. */
async function audit(address: string, ...args: string[]) {
  const { code, out, err } = await runCommand(["fleet", "audit", "--server", address, "--json", ...args]);
  const objects = out.trimEnd().split("\n").map((line) => JSON.parse(line));
  const hub = objects.pop();
  const sites = Object.fromEntries(objects.map((object) => [object.site, object]));
  return {
    code,
    err,
    hub,
    sites,
    kindsOf: (site: string) => kinds(sites[site].findings),
    hubKinds: kinds(hub.findings),
  };
}

function kinds(findings: readonly { readonly kind: string }[]): string[] {
  return findings.map(({ kind }) => kind);
}

/** The node of a site at its edge, with the journal of a test. */
async function startNode({ site, server }: Edge, { journal }: DeliveredSite, setup: Partial<NodeSetup> = {}) {
  const streams = { ...defaultStreams, scope: "site" } as const;
  const node = newNode({ address: server.address, options: { site, streams }, journal, ...setup });
  node.start();
  await node.connected;
  return node;
}

Deno.test("fleet audit finds records that were lost with an edge's store while its leaf was cut, and repairs it", async () => {
  await using hub = await HubAndEdges.start();
  const edge = await hub.addEdge("berlin");
  using site = new DeliveredSite("berlin");
  await addRecordStream(edge.client, "berlin");
  await site.deliver(edge.client, 1, 2, 3, 4, 5);
  await hub.hasRecords(5);
  await hub.server.stop();
  await site.deliver(edge.client, 6, 7);
  await edge.server.stop();
  await edge.server.wipeStore();
  await edge.server.restart();
  await addRecordStream(edge.client, "berlin");
  await site.deliver(edge.client, 8);
  await hub.server.restart();
  await hub.reads("berlin");
  // The hub takes what comes now, and has passed over the record before it
  await site.deliver(edge.client, 9);
  await hub.hasRecords(6);
  await using _node = await startNode(edge, site);

  const { sites, code, kindsOf } = await audit(hub.server.address);
  assert.deepEqual([code, kindsOf("berlin")], [1, ["missing"]], JSON.stringify(sites));
  assert.deepEqual(sites["berlin"].findings[0].message_ids, site.ids.slice(5, 8));

  const repaired = await audit(hub.server.address, "--site", "berlin", "--repair");
  assert.deepEqual([repaired.code, repaired.sites["berlin"].clean], [0, true], JSON.stringify(repaired));
  assert.match(repaired.sites["berlin"].repairs.join("\n"), /^Brought 1 .*\nHad 2 records of site berlin delivered/);
  assert.deepEqual((await hub.recordIds()).sort(), site.ids.sort());
});
