import assert from "node:assert/strict";
import { startNatsServer } from "../support/nats_server.ts";
import { TcpProxy } from "../support/tcp_proxy.ts";
import { newClient } from "./setup.ts";
import { answering, instances, newTwin, served, servingInstances } from "./twin_processes.ts";

Deno.test("exactly one of several processes that start at the same moment serves", async () => {
  await using server = await startNatsServer();
  await using client = await newClient(server.address);
  const states = ["online", "offline", "connecting"] as const;
  for (let attempt = 0; attempt < 4; attempt++) {
    await using parts = new AsyncDisposableStack();
    const twins = states.map((state) => parts.use(newTwin({ address: server.address, state })));
    await Promise.all(twins.map((twin) => twin.start()));
    assert.equal((await answering(client)).length, 1);
    await Promise.all(twins.map(({ health }) => health.raised("DuplicateSite")));
  }
});

Deno.test("NatsNode serves even if the server still has the subscriptions of the previous process", async () => {
  await using server = await startNatsServer();
  await using proxy = new TcpProxy(server.address);
  await using client = await newClient(server.address);
  await using dead = newTwin({ address: proxy.address, identity: instances.first });
  await dead.start();
  proxy.goDeaf();
  await using next = newTwin({ address: server.address, identity: { instance: "second", replaces: "first" } });
  await next.start();
  assert.deepEqual(await servingInstances(client), ["second"]);
  assert.deepEqual(next.health.faults, []);
});

Deno.test("NatsNode continues in both processes if a twin started while the first one was disconnected, and both report it", async () => {
  await using server = await startNatsServer();
  await using proxy = new TcpProxy(server.address);
  await using first = newTwin({ address: proxy.address, identity: instances.first });
  await first.start();
  proxy.goDeaf();
  await using second = newTwin({ address: server.address, identity: instances.second });
  await second.start();
  assert.deepEqual(second.health.faults, []);
  proxy.cut();
  await first.health.raised("DuplicateSite", /requests can reach either of the two.*instance second/);
  await second.health.raised("DuplicateSite", /requests can reach either of the two.*instance first/);
  await using client = await newClient(server.address);
  assert.deepEqual(await servingInstances(client, 2), ["first", "second"]);
});

Deno.test("NatsNode repeats its question if the server was lost before the decision", async () => {
  await using server = await startNatsServer();
  await using client = await newClient(server.address);
  const question = client.subscribe("wattseal.berlin-01._node.instance.get", { max: 1 });
  await client.flush();
  await using node = newTwin({ address: server.address });
  const started = node.start();
  for await (const _message of question) await server.stop("SIGKILL");
  await server.restart();
  await started;
  await served(client);
  assert.deepEqual(node.health.faults, []);
});
