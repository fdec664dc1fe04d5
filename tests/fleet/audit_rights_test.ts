import assert from "node:assert/strict";
import { connect } from "nats";
import { changeSources } from "../../src/fleet/sources.ts";
import { siteSource } from "../../src/fleet/stream_plan.ts";
import { defaultStreams, newNode } from "../nats/setup.ts";
import { runCommand } from "../support/run_command.ts";
import { audit } from "./audited.ts";
import { addRecordStream, DeliveredSite } from "./delivered_site.ts";
import { startEdge } from "./edge_server.ts";
import { startHub } from "./hub_servers.ts";
import { NatsFiles, passwordOf, variableOf } from "./nats_files.ts";

Deno.test("fleet audit repairs a hub of three servers with the permissions of the example files", async () => {
  await using files = await NatsFiles.copy();
  const { hosts, addresses: [address = ""] } = await startHub(files);
  const leaf = passwordOf(`${variableOf("leaf-berlin-01")}_PASSWORD`);
  const edge = await startEdge(
    files,
    "berlin-01",
    hosts.map((host) => `nats-leaf://leaf-berlin-01:${leaf}@${host}:7422`),
  );
  const user = { user: "administrator", pass: passwordOf("ADMINISTRATOR_PASSWORD") };
  const server = `nats://${user.user}:${user.pass}@${address}`;
  const set = await runCommand(["fleet", "setup", "--server", server, "--topology", "hub", "--readings", "none"]);
  assert.equal(set.code, 0, set.err);
  const atHub = await connect({ servers: address, ...user });
  const atEdge = await connect({ servers: edge.address, ...user });
  const manager = await atHub.jetstreamManager({ checkAPI: false, timeout: 30_000 });
  const [records, states] = (["ocmf", "state"] as const)
    .map((kind) => siteSource({ kind, prefix: "wattseal", site: "berlin-01", domain: "berlin-01" }));
  // A connected source without messages
  const idle = { ...records, name: "WATTSEAL_OCMF", filter_subject: "wattseal.berlin-01.other.ocmf" };
  await changeSources(manager, "WATTSEAL_OCMF", () => [idle]);
  await changeSources(manager, "WATTSEAL_STATE", () => states === undefined ? [] : [states]);
  using site = new DeliveredSite("berlin-01");
  await addRecordStream(atEdge, "berlin-01", 100);
  await site.deliver(atEdge, 1, 2);
  const edgeManager = await atEdge.jetstreamManager({ checkAPI: false, timeout: 30_000 });
  await edgeManager.streams.deleteMessage("WATTSEAL_OCMF", 2);
  await using node = newNode({
    address: edge.address,
    options: {
      site: "berlin-01",
      user: "berlin-01",
      password: passwordOf("BERLIN_01_PASSWORD"),
      inboxPrefix: "_INBOX_berlin-01",
      streams: { ...defaultStreams, scope: "site" },
    },
    journal: site.journal,
  });
  node.start();
  await node.connected;
  while ((await manager.streams.info("WATTSEAL_STATE")).state.messages === 0) {
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  const found = await audit(server);
  assert.deepEqual(
    [found.code, found.kindsOf("berlin-01").at(-1)],
    [1, "missing"],
    JSON.stringify(found.site("berlin-01")),
  );
  const repaired = await audit(server, "--repair");
  assert.deepEqual(
    [repaired.code, repaired.site("berlin-01").clean],
    [0, true],
    JSON.stringify(repaired.site("berlin-01")),
  );
  assert.match(repaired.site("berlin-01").repairs.join("\n"), /Copied 1 record of .*\nDelivered 1 record of /);
  await atHub.close();
  await atEdge.close();
});
