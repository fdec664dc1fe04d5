import assert from "node:assert/strict";
import { findServices } from "../../src/fleet/instances.ts";
import { newClient } from "../nats/setup.ts";
import { startNatsServer } from "../support/nats_server.ts";

Deno.test("a node that registers its micro service again is found once", async () => {
  await using server = await startNatsServer({ jetstream: false });
  await using node = await newClient(server.address);
  for (const instance of ["one", "one", "two"]) {
    await node.services.add({ name: "wattseal", version: "1.0.0", metadata: { site: "berlin", instance } });
  }
  await node.flush();
  await using client = await newClient(server.address);
  const found = await findServices(client, 2_000);
  assert.deepEqual(found.map(({ site, instance }) => [site, instance]).sort(), [["berlin", "one"], ["berlin", "two"]]);
});
