import assert from "node:assert/strict";
import { FakeTime } from "../support/fake_time.ts";
import { startNatsServer } from "../support/nats_server.ts";
import { freeAddress } from "../support/own_address.ts";
import { TcpProxy } from "../support/tcp_proxy.ts";
import { newClient } from "./setup.ts";
import {
  answering,
  instances,
  newTwin,
  passRounds,
  serveAsEarlierRelease,
  served,
  servingInstances,
} from "./twin_processes.ts";

Deno.test("NatsNode finds a twin on another edge of the same hub", async () => {
  const leafAddress = freeAddress();
  await using _hub = await startNatsServer({ jetstream: false, config: `leafnodes { listen: "${leafAddress}" }` });
  const edgeConfig = (name: string) =>
    `server_name: ${name}
leafnodes { remotes: [{ url: "nats://${leafAddress}", deny_imports: ["wattseal.*.*.reading", "wattseal.*.*.status"] }] }`;
  await using one = await startNatsServer({ jetstream: "domain: one", config: edgeConfig("one") });
  await using two = await startNatsServer({ jetstream: "domain: two", config: edgeConfig("two") });
  await using first = newTwin({ address: one.address, identity: instances.first });
  await first.start();
  await using client = await newClient(two.address);
  await served(client);
  await using second = newTwin({ address: two.address, identity: instances.second, state: "offline" });
  await second.start();
  await second.health.raised("DuplicateSite", /instance first.*on server one/);
  await first.health.raised("DuplicateSite", /instance second.*on server two/);
  assert.deepEqual(await answering(client), ["online"]);
});

Deno.test("NatsNode starts to serve when its twin has not answered for four rounds", async () => {
  await using server = await startNatsServer();
  await using proxy = new TcpProxy(server.address);
  await using client = await newClient(server.address);
  await using first = newTwin({ address: proxy.address, identity: instances.first });
  await first.start();
  const time = new FakeTime();
  await using second = newTwin({ address: server.address, identity: instances.second, time });
  await second.start();
  await second.health.raised("DuplicateSite");
  proxy.goDeaf();
  await passRounds(time, second.health.cleared("DuplicateSite"));
  assert.deepEqual(await servingInstances(client), ["second"]);
});

Deno.test("NatsNode waits for an earlier release that serves its meter, until that process has stopped", async () => {
  await using server = await startNatsServer();
  await using client = await newClient(server.address);
  await using old = await serveAsEarlierRelease(server);
  const time = new FakeTime();
  await using node = newTwin({ address: server.address, time });
  await node.start();
  await node.health.raised("DuplicateSite", /an earlier release/);
  assert.deepEqual(await answering(client), ["offline"]);
  await assert.rejects(servingInstances(client), { code: "503" });
  await old.close();
  await passRounds(time, node.health.cleared("DuplicateSite"));
  await served(client);
  assert.deepEqual(await answering(client), ["online"]);
});
