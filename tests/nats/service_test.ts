import assert from "node:assert/strict";
import { createInbox, type EndpointInfo } from "nats";
import { startNatsServer } from "../support/nats_server.ts";
import { TransactionError } from "../../src/transaction/mod.ts";
import { FakeServedMeter } from "./fakes.ts";
import { newClient, newNode } from "./setup.ts";

Deno.test("NatsNode is one micro service wattseal with an endpoint for each request", async () => {
  await using server = await startNatsServer();
  await using node = newNode({
    address: server.address,
    meters: [new FakeServedMeter("evse-1"), new FakeServedMeter("evse-2")],
  });
  node.start();
  await node.connected;
  await using client = await newClient(server.address);
  const [ping, ...others] = await Array.fromAsync(await client.services.client().ping("wattseal"));
  assert.deepEqual(others, []);
  assert.match(ping?.version ?? "", /^\d+\.\d+\.\d+/);
  const [info] = await Array.fromAsync(await client.services.client().info("wattseal"));
  const ofMeters = info?.endpoints.filter(({ metadata }) => metadata?.["meter"] !== "_node");
  assert.equal(ofMeters?.length, 14);
  const schemas = (await client.request("wattseal.berlin-01._node.schemas.get")).json<Record<string, unknown>>();
  for (const meter of ["evse-1", "evse-2"]) {
    const own: EndpointInfo[] = info?.endpoints.filter(({ metadata }) => metadata?.["meter"] === meter) ?? [];
    assert.deepEqual(own.map(({ name, subject }) => [name, subject]), [
      ["reading_get", `wattseal.berlin-01.${meter}.reading.get`],
      ["public_key_get", `wattseal.berlin-01.${meter}.public_key.get`],
      ["status_get", `wattseal.berlin-01.${meter}.status.get`],
      ["transaction_start", `wattseal.berlin-01.${meter}.transaction.start`],
      ["transaction_stop", `wattseal.berlin-01.${meter}.transaction.stop`],
      ["transaction_status", `wattseal.berlin-01.${meter}.transaction.status`],
      ["acknowledge", `wattseal.berlin-01.${meter}.acknowledge`],
    ]);
    for (const { metadata } of own) {
      assert.equal(metadata?.["site"], "berlin-01");
      for (const kind of ["request", "response"]) {
        const name: string | undefined = metadata?.[kind];
        if (name === undefined) continue;
        assert.equal(Object(schemas[name])["type"], "object", name);
      }
    }
  }
});

Deno.test("NatsNode counts requests, errors and time for each endpoint", async () => {
  await using server = await startNatsServer();
  const [one, two] = [new FakeServedMeter("evse-1"), new FakeServedMeter("evse-2")];
  one.transactions.start = async () => {
    await new Promise((resolve) => setTimeout(resolve, 20));
    throw new TransactionError("METER_OFFLINE", "not there");
  };
  await using node = newNode({ address: server.address, meters: [one, two] });
  node.start();
  await node.connected;
  await using client = await newClient(server.address);
  await client.request("wattseal.berlin-01.evse-1.transaction.start", "{}");
  await client.request("wattseal.berlin-01.evse-1.transaction.start", "{}");
  await client.request("wattseal.berlin-01.evse-2.transaction.start", "{}");
  const [stats] = await Array.fromAsync(await client.services.client().stats("wattseal"));
  const of = (meter: string) =>
    stats?.endpoints?.find(({ subject }) => subject === `wattseal.berlin-01.${meter}.transaction.start`);
  assert.deepEqual([of("evse-1")?.num_requests, of("evse-1")?.num_errors], [2, 2]);
  assert.match(of("evse-1")?.last_error ?? "", /METER_OFFLINE/);
  assert.ok((of("evse-1")?.average_processing_time ?? 0) >= 19e6);
  assert.deepEqual([of("evse-2")?.num_requests, of("evse-2")?.num_errors], [1, 0]);
});

Deno.test("NatsNode describes 200 meters within one message, and answers a ping with less than 1 kB", async () => {
  await using server = await startNatsServer();
  const meters = Array.from({ length: 200 }, (_, place) => new FakeServedMeter(`evse-${place}`));
  await using node = newNode({ address: server.address, meters, identity: { instance: "one" } });
  node.start();
  await node.connected;
  await using client = await newClient(server.address);
  const ping = await client.request("$SRV.PING.wattseal");
  const { metadata } = ping.json<{ metadata: unknown }>();
  assert.deepEqual(metadata, { site: "berlin-01", instance: "one" });
  assert.ok(ping.data.length < 1_000, `${ping.data.length} bytes`);
  const info = await client.request("$SRV.INFO.wattseal");
  const { endpoints } = info.json<{ endpoints: EndpointInfo[] }>();
  assert.equal(endpoints.filter(({ metadata }) => metadata?.["meter"] !== "_node").length, 1_400);
  assert.ok(info.data.length < 512 * 1024, `${info.data.length} bytes`);
  const stats = await client.request("$SRV.STATS.wattseal");
  assert.ok(stats.data.length < 512 * 1024, `${stats.data.length} bytes`);
});

Deno.test("NatsNode answers a request to the process from each process of the site, or from the named one", async () => {
  await using server = await startNatsServer();
  const nodes = ["one", "two"].map((instance) =>
    newNode({ address: server.address, meters: [new FakeServedMeter(`evse-${instance}`)], identity: { instance } })
  );
  await using _one = nodes[0];
  await using _two = nodes[1];
  for (const node of nodes) node.start();
  await Promise.all(nodes.map((node) => node.connected));
  await using client = await newClient(server.address);
  const inbox = createInbox();
  const answers = client.subscribe(`${inbox}.*`);
  // A process answers in order: the request that both answer is last
  for (const [place, body] of ['{"instance":"two"}', '{"instance":null}', ""].entries()) {
    client.publish("wattseal.berlin-01._node.schemas.get", body, { reply: `${inbox}.${place}` });
  }
  const got: string[] = [];
  for await (const { subject, data } of answers) {
    assert.match(new TextDecoder().decode(data), /"Powermeter":/);
    got.push(subject.slice(inbox.length));
    if (got.filter((place) => place === ".2").length === 2) break;
  }
  assert.deepEqual(got.sort(), [".0", ".1", ".1", ".2", ".2"]);
  const refused = (await client.request("wattseal.berlin-01._node.schemas.get", "[]")).json<Record<string, unknown>>();
  assert.equal(refused["code"], "INVALID_REQUEST");
});

Deno.test("NatsNode answers only for its own meters if two sites use one server", async () => {
  await using server = await startNatsServer();
  const [berlin, bonn] = [new FakeServedMeter("evse-1"), new FakeServedMeter("evse-1")];
  bonn.meter.state = "offline";
  await using one = newNode({ address: server.address, meters: [berlin] });
  await using two = newNode({ address: server.address, meters: [bonn], options: { site: "bonn-02" } });
  one.start();
  two.start();
  await Promise.all([one.connected, two.connected]);
  await using client = await newClient(server.address);
  const state = async (site: string) =>
    (await client.request(`wattseal.${site}.evse-1.status.get`)).json<Record<string, unknown>>()["state"];
  assert.deepEqual([await state("berlin-01"), await state("bonn-02")], ["online", "offline"]);
  assert.equal((await Array.fromAsync(await client.services.client().ping("wattseal"))).length, 2);
});

Deno.test("NatsNode.stopServing accepts no more requests and answers the accepted ones", async () => {
  await using server = await startNatsServer();
  const served = new FakeServedMeter("evse-1");
  const taken = Promise.withResolvers<void>();
  const slow = Promise.withResolvers<{ status: "OK" }>();
  served.transactions.stop = () => {
    taken.resolve();
    return slow.promise;
  };
  await using node = newNode({ address: server.address, meters: [served] });
  node.start();
  await node.connected;
  await using client = await newClient(server.address);
  const stop = client.request("wattseal.berlin-01.evse-1.transaction.stop", "{}");
  await taken.promise;
  await node.stopServing();
  await assert.rejects(client.request("wattseal.berlin-01.evse-1.status.get"), { code: "503" });
  slow.resolve({ status: "OK" });
  assert.deepEqual((await stop).json(), { status: "OK" });
});
