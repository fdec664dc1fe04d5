import assert from "node:assert/strict";
import { connect, type JetStreamManager } from "nats";
import { ownHost } from "../support/own_address.ts";
import { TcpProxy } from "../support/tcp_proxy.ts";
import { startEdge } from "./edge_server.ts";
import { until } from "./isolation.ts";
import { NatsFiles, passwordOf } from "./nats_files.ts";

const stream = "WATTSEAL_OCMF";
const subject = "wattseal.berlin-01.evse-1.ocmf";

Deno.test("pings detect a dead link, and the hub's stream then receives the missed messages", async () => {
  await using files = await NatsFiles.copy();
  await files.replace("operator.conf", "./operator/accounts.conf", "./edge-sites.conf");
  for (const file of ["operator.conf", "edge.conf"]) {
    await files.replace(file, 'ping_interval: "10s"', 'ping_interval: "500ms"');
  }
  const host = ownHost();
  await files.start("operator.conf", { settings: { CLIENTS: `${host}:4222`, LEAFS: `${host}:7422` } });
  await using link = new TcpProxy(`${host}:7422`);
  const user = `leaf-berlin-01:${passwordOf("LEAF_BERLIN_01_PASSWORD")}`;
  const edge = await startEdge(files, "berlin-01", [`nats-leaf://${user}@${link.address}`]);

  await using owned = new AsyncDisposableStack();
  const administrator = async (servers: string) => {
    const connection = await connect({ servers, user: "administrator", pass: passwordOf("ADMINISTRATOR_PASSWORD") });
    owned.defer(() => connection.close());
    return connection;
  };
  const atEdge = await administrator(edge.address);
  const hub = await (await administrator(`${host}:4222`)).jetstreamManager({ timeout });
  await (await atEdge.jetstreamManager({ timeout })).streams.add({ name: stream, subjects: [subject] });
  await hub.streams.add({
    name: stream,
    sources: [{ name: stream, external: { api: "$JS.berlin-01.API", deliver: "" } }],
  });
  const publish = (id: string) => atEdge.jetstream({ timeout }).publish(subject, id, { msgID: id });
  await publish("before");
  await stored(hub, 1);

  link.goDeaf();
  const { domain } = await publish("meanwhile");
  assert.equal(domain, "berlin-01");
  // The first side that detects it closes the connection on both sides.
  await edge.process.said("Leafnode connection closed");
  link.cut();
  await edge.process.said("Leafnode connection created", 2);
  await publish("after");
  await stored(hub, 3);
  const texts = [];
  for (let seq = 1; seq <= 3; seq++) texts.push((await hub.streams.getMessage(stream, { seq })).string());
  assert.deepEqual(texts, ["before", "meanwhile", "after"]);
});

const timeout = 30_000;

function stored(manager: JetStreamManager, messages: number): Promise<void> {
  return until(async () => (await manager.streams.info(stream)).state.messages >= messages);
}
