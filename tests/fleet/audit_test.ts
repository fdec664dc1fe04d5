import assert from "node:assert/strict";
import { auditSite, isClean, type SiteAudit } from "../../src/fleet/mod.ts";
import { defaultStreams, newNode } from "../nats/setup.ts";
import { addRecordStream, DeliveredSite } from "./delivered_site.ts";
import { HubAndEdges } from "./hub_and_edges.ts";

const kinds = ({ findings }: SiteAudit) => findings.map(({ kind }) => kind);

Deno.test("an audit finds records that were lost with an edge's store while its leaf was cut, and brings them to the hub", async () => {
  await using hub = await HubAndEdges.start();
  const edge = await hub.addEdge("berlin");
  using site = new DeliveredSite("berlin");
  await addRecordStream(edge.client, "berlin");
  await site.deliver(edge.client, 1, 2, 3, 4, 5);
  await hub.hasRecords(5);
  await hub.server.stop();
  await edge.server.stop();
  await edge.server.wipeStore();
  await edge.server.restart();
  await addRecordStream(edge.client, "berlin");
  await site.deliver(edge.client, 6);
  await hub.server.restart();

  await using node = newNode({
    address: edge.server.address,
    options: { site: "berlin", streams: { ...defaultStreams, scope: "site" } },
    journal: site.journal,
  });
  node.start();
  await node.connected;
  await hub.reads("berlin");
  // The hub takes what comes now, and has passed over the record before it
  await site.deliver(edge.client, 7);
  await hub.hasRecords(6);

  const audit = await auditSite(hub.client, { prefix: "wattseal", site: "berlin" });
  assert.deepEqual(kinds(audit), ["missing"], JSON.stringify(audit.findings));
  assert.deepEqual(audit.findings[0]?.messageIds, site.ids.slice(5, 6));
  assert.equal(audit.reached, true);

  const repaired = await auditSite(hub.client, { prefix: "wattseal", site: "berlin", repair: true });
  assert.deepEqual([repaired.findings, isClean(repaired)], [[], true], JSON.stringify(repaired));
  assert.deepEqual((await hub.recordIds()).sort(), site.ids.sort());
  assert.match(repaired.repairs.join("\n"), /^Brought 1 records of WATTSEAL_OCMF of berlin to WATTSEAL_OCMF$/);
});
