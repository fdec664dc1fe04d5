import assert from "node:assert/strict";
import { AckPolicy, headers, StringCodec } from "nats.ws";
import * as natsWs from "nats.ws";
import { NobodyThereError, openClient, RefusedError } from "../../src/client/mod.ts";
import { startNatsServer } from "../support/nats_server.ts";
import { ownHost } from "../support/own_address.ts";

Deno.test("the client works over a WebSocket, as in a browser", async () => {
  const address = `${ownHost()}:4001`;
  await using _server = await startNatsServer({ config: `websocket { listen: "${address}", no_tls: true }` });
  const { client, connection } = await openClient(natsWs, { servers: [`ws://${address}`] });
  try {
    const text = StringCodec();
    connection.subscribe("wattseal.a.b.transaction.*", {
      callback: (_error, request) => {
        const isStart = request.subject.endsWith("start");
        const answer = isStart ? { status: "OK" } : { status: "UNEXPECTED_ERROR", code: "METER_REFUSED", error: "no" };
        request.respond(text.encode(JSON.stringify(answer)));
      },
    });
    const meter = client.meter("a", "b");
    const { transaction_id: id } = await meter.start({ evse_id: "DE*ABC*E1" });
    await assert.rejects(meter.stop(id), (error) => error instanceof RefusedError && error.transactionId === id);
    await assert.rejects(client.meter("a", "c").reading({ attempts: 1 }), NobodyThereError);

    const manager = await connection.jetstreamManager();
    await manager.streams.add({ name: "WATTSEAL_OCMF", subjects: ["wattseal.*.*.ocmf"] });
    await manager.streams.add({ name: "WATTSEAL_STATE", subjects: ["wattseal.*.*.status"] });
    await manager.consumers.add("WATTSEAL_OCMF", { durable_name: "billing", ack_policy: AckPolicy.Explicit });
    const withId = headers();
    withId.set("Nats-Msg-Id", "BY1.aa");
    await connection.jetstream().publish("wattseal.a.b.ocmf", '{"ocmf":"OCMF|1"}', { headers: withId });
    await connection.jetstream().publish("wattseal.a.b.status", '{"state":"online"}');
    for await (const record of client.records()) {
      assert.equal(record.id, "BY1.aa");
      await record.acknowledge();
      break;
    }
    for await (const { payload, isRetained } of client.states()) {
      assert.deepEqual([payload.state, isRetained], ["online", true]);
      break;
    }
  } finally {
    await connection.close();
  }
});
