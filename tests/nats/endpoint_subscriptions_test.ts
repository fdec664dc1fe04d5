import assert from "node:assert/strict";
import { EndpointSubscriptions } from "../../src/nats/endpoint_subscriptions.ts";
import type { ServedEndpoint } from "../../src/contract/served_endpoint.ts";
import { silentLog } from "../../src/base/log.ts";
import { systemTime } from "../../src/base/time.ts";
import { startNatsServer } from "../support/nats_server.ts";
import { newClient } from "./setup.ts";

const served: ServedEndpoint = {
  subject: "a.status.get",
  suffix: "status.get",
  meter: "evse-1",
  response: "Status",
  doing: "report the status of evse-1",
  answer: () => ({}),
};

Deno.test("EndpointSubscriptions creates only one service if the connection is lost during its creation", async () => {
  await using server = await startNatsServer({ jetstream: false });
  await using client = await newClient(server.address);
  await using connection = await newClient(server.address);
  const { flush } = connection;
  const second = Promise.withResolvers<void>();
  let count = 0;
  const subscriptions = new EndpointSubscriptions({
    served: [served],
    register: async (on, endpoints) => {
      const service = await on.services.add({ name: "wattseal", version: "1.0.0" });
      for (const { subject } of endpoints) service.addEndpoint("status_get", { subject, handler: () => {} });
      count++;
      // The first time, the confirmation is lost
      if (count === 1) Object.assign(connection, { flush: () => Promise.reject(new Error("lost")) });
      else second.resolve();
      return service;
    },
    take: (_served, message) => message.respond("single"),
    onAllowed: () => {},
  }, { log: silentLog, time: systemTime });
  await subscriptions.serve(connection);
  Object.assign(connection, { flush });
  await connection.flush();
  assert.equal((await client.request(served.subject)).string(), "single");
  subscriptions.retry();
  await second.promise;
  await connection.flush();
  const answers = await Array.fromAsync(await client.services.client().ping("wattseal"));
  assert.equal(answers.length, 1);
  await subscriptions.stop();
});
