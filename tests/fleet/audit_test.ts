import assert from "node:assert/strict";
import { systemTime, type Time } from "../../src/base/time.ts";
import { defaultStreams, newClient, newNode, type NodeSetup } from "../nats/setup.ts";
import { startNatsServer } from "../support/nats_server.ts";
import { changeSources } from "../../src/fleet/sources.ts";
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

Deno.test("fleet audit counts equal copies, and finds other bytes, gaps, silent nodes, wrong clocks and changed streams", async () => {
  await using hub = await HubAndEdges.start();
  const [berlin, bonn, dresden] = [
    await hub.addEdge("berlin"),
    await hub.addEdge("bonn"),
    await hub.addEdge("dresden"),
  ];
  using clean = new DeliveredSite("berlin");
  using damaged = new DeliveredSite("bonn");
  await addRecordStream(berlin.client, "berlin", 100);
  await addRecordStream(bonn.client, "bonn");
  await addRecordStream(dresden.client, "dresden");
  await clean.deliver(berlin.client, 1, 2, 3);
  // A copy behind the duplicate window of the edge
  await new Promise((resolve) => setTimeout(resolve, 300));
  await clean.publish(berlin.client, 2);
  await damaged.deliver(bonn.client, 1, 5);
  await damaged.forge(bonn.client, 1, "other bytes");
  await hub.hasRecords(6);
  const time: Time = {
    now: () => Date.now() + 3_600_000,
    mono: () => systemTime.mono(),
    sleep: (ms, signal) => systemTime.sleep(ms, signal),
  };
  await using _clean = await startNode(berlin, clean);
  await using _damaged = await startNode(bonn, damaged, { time });

  const { code, sites, kindsOf, hubKinds } = await audit(hub.server.address);
  assert.equal(code, 1);
  assert.deepEqual(
    [sites["berlin"].clean, sites["berlin"].journal, sites["berlin"].hub, sites["berlin"].copies],
    [true, 3, 3, 1],
    JSON.stringify(sites["berlin"]),
  );
  assert.deepEqual(kindsOf("bonn"), ["clock", "unequal", "pagination_gap"], JSON.stringify(sites["bonn"]));
  assert.deepEqual(sites["bonn"].findings[1].message_ids, damaged.ids.slice(0, 1));
  assert.match(sites["bonn"].findings[2].message, /numbers T2 to T4 are in no record of meter BY1,/);
  assert.deepEqual([sites["dresden"].reached, sites["dresden"].clean], [false, false]);
  assert.deepEqual(kindsOf("dresden"), ["unreachable"]);
  assert.deepEqual(hubKinds, []);

  // One site that does not answer, and nothing else
  assert.equal((await audit(hub.server.address, "--site", "dresden")).code, 3);

  const manager = await hub.client.jetstreamManager({ checkAPI: false });
  const { config } = await manager.streams.info("WATTSEAL_OCMF");
  await manager.streams.update("WATTSEAL_OCMF", { ...config, max_msgs_per_subject: 2 });
  const changed = await audit(hub.server.address, "--site", "berlin");
  assert.deepEqual([changed.code, changed.hubKinds], [1, ["stream"]], JSON.stringify(changed.hub));
  assert.match(
    changed.hub.findings[0].message,
    /WATTSEAL_OCMF is not as fleet setup makes it: max_msgs_per_subject is 2/,
  );
});

Deno.test("fleet audit finds a source that fails, makes it anew, and brings what it did not", async () => {
  await using hub = await HubAndEdges.start();
  const edge = await hub.addEdge("berlin");
  using site = new DeliveredSite("berlin");
  await addRecordStream(edge.client, "*");
  const manager = await hub.client.jetstreamManager({ checkAPI: false });
  // The server refuses a filter that neither covers nor is covered by a subject of the edge's stream
  await changeSources(
    manager,
    "WATTSEAL_OCMF",
    ([source]) => [{ ...source, name: "WATTSEAL_OCMF", filter_subject: "wattseal.berlin.>" }],
  );
  await site.deliver(edge.client, 1, 2);
  await using _node = await startNode(edge, site);
  await hub.reads("berlin", /not a valid subset/);
  const { code, sites, kindsOf } = await audit(hub.server.address);
  assert.deepEqual([code, kindsOf("berlin").includes("source"), kindsOf("berlin").at(-1)], [1, true, "missing"]);
  assert.match(JSON.stringify(sites), /Source WATTSEAL_OCMF of berlin of WATTSEAL_OCMF fails: .* not a valid subset/);
  const repaired = await audit(hub.server.address, "--repair");
  assert.match(repaired.sites["berlin"].repairs.join("\n"), /^Made the source .* anew\nBrought 2 records/);
  assert.deepEqual(await hub.recordIds(), site.ids);
  const { config } = await manager.streams.info("WATTSEAL_OCMF");
  assert.deepEqual(config.sources?.map(({ filter_subject: filter }) => filter), ["wattseal.berlin.>"]);
  assert.deepEqual((await Array.fromAsync(manager.streams.names())).sort(), ["WATTSEAL_OCMF", "WATTSEAL_STATE"]);
});

Deno.test("fleet audit compares at a single server, and has records delivered again that its stream has lost", async () => {
  await using server = await startNatsServer();
  await using client = await newClient(server.address);
  using site = new DeliveredSite("berlin");
  await addRecordStream(client, "*", 100);
  await site.deliver(client, 1, 2);
  const edge = { site: "berlin", server, client };
  await using _node = await startNode(edge, site, { options: { site: "berlin" } });
  assert.equal((await audit(server.address)).code, 0);
  const manager = await client.jetstreamManager();
  await manager.streams.deleteMessage("WATTSEAL_OCMF", 2);
  const { code, kindsOf } = await audit(server.address);
  assert.deepEqual([code, kindsOf("berlin")], [1, ["missing"]]);
  const repaired = await audit(server.address, "--repair");
  assert.deepEqual([repaired.code, repaired.sites["berlin"].clean], [0, true], JSON.stringify(repaired.sites));
  const text = await runCommand(["fleet", "audit", "--server", server.address]);
  assert.equal(text.code, 0);
  assert.match(text.out, /^berlin: clean; 2 records in 1 journal, 2 at the hub\n1 site: 1 clean, .*; hub: clean\n$/);
  assert.equal((await runCommand(["fleet", "audit", "--server", "127.0.0.1:1"])).code, 3);
});
