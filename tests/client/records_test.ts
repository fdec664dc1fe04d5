import assert from "node:assert/strict";
import { connect, headers } from "nats";
import {
  ConnectionClosedError,
  NotPermittedError,
  type ReceivedRecord,
  TimedOutError,
  UnusableRecordError,
  WattsealClient,
} from "../../src/client/mod.ts";
import { billingConsumer } from "../../src/fleet/billing_consumer.ts";
import { neededRights } from "../../src/nats/needed_rights.ts";
import { newClient } from "../nats/setup.ts";
import { admin, startGuardedServer } from "../support/guarded_server.ts";
import { TcpProxy } from "../support/tcp_proxy.ts";

const subject = "wattseal.berlin-01.evse-1.ocmf";
const billing = { prefix: "wattseal", site: "*", inboxPrefix: "_INBOX_billing" };

Deno.test("records of a durable consumer, with the permissions of billing", async (t) => {
  const { publish: mayPublish, subscribe } = neededRights("billing", billing);
  const rights = { publish: [...mayPublish, "$JS.API.CONSUMER.MSG.NEXT.WATTSEAL_OCMF.missing"], subscribe };
  await using guarded = await startGuardedServer({ billing: rights });
  await using administrator = await newClient(guarded.address, admin);
  const manager = await administrator.jetstreamManager();
  await manager.streams.add({ name: "WATTSEAL_OCMF", subjects: ["wattseal.*.*.ocmf"] });
  const publish = async (id: string, payload: string | object) => {
    const message = headers();
    if (id !== "") message.set("Nats-Msg-Id", id);
    const text = typeof payload === "string" ? payload : JSON.stringify(payload);
    await administrator.jetstream().publish(subject, text, { headers: message });
  };
  await using proxy = new TcpProxy(guarded.address);
  const open = () =>
    connect({
      servers: proxy.address,
      user: "billing",
      pass: "p",
      inboxPrefix: "_INBOX_billing",
      maxReconnectAttempts: -1,
      reconnectTimeWait: 50,
    });
  const connection = await open();
  const client = new WattsealClient(connection);

  const missing = assert.rejects(
    client.records({ consumer: "missing" }).next(),
    (error) => error instanceof TimedOutError && /`wattseal fleet setup`/.test(error.message),
  );
  await manager.consumers.add("WATTSEAL_OCMF", { ...billingConsumer("billing"), ack_wait: 1e9 });

  await t.step("a record comes again, with the same id, until it is acknowledged", async () => {
    await publish("BY1.aa", { ocmf: "OCMF|1" });
    await publish("BY1.bb", { ocmf: "OCMF|2" });
    const ids: [string, number][] = [];
    for await (const record of client.records()) {
      ids.push([record.id, record.deliveries]);
      if (record.deliveries === 1 && record.id === "BY1.aa") continue;
      await record.acknowledge();
      if (record.id === "BY1.aa") break;
    }
    assert.deepEqual(ids, [["BY1.aa", 1], ["BY1.bb", 1], ["BY1.aa", 2]]);
    const { num_ack_pending: waiting, num_pending: next } = await manager.consumers.info("WATTSEAL_OCMF", "billing");
    assert.deepEqual([waiting, next], [0, 0]);
  });

  await t.step("records that are published during and after an interruption arrive", async () => {
    const records = client.records();
    const first = records.next();
    proxy.refuse();
    await publish("BY1.cc", { ocmf: "OCMF|3" });
    proxy.cut();
    const { value } = await first as IteratorYieldResult<ReceivedRecord>;
    assert.deepEqual([value.id, value.result.ocmf, value.subject], ["BY1.cc", "OCMF|3", subject]);
    await value.acknowledge();
    await records.return();
  });

  await t.step("a record that is given back comes again at once", async () => {
    await publish("BY1.dd", { ocmf: "OCMF|4" });
    const deliveries: number[] = [];
    for await (const record of client.records()) {
      deliveries.push(record.deliveries);
      if (record.deliveries === 1) record.release();
      else {
        await record.acknowledge();
        break;
      }
    }
    assert.deepEqual(deliveries, [1, 2]);
  });

  await t.step("a message that is no record is reported, and can be skipped", async () => {
    for (const payload of ["not JSON", { ocmf: 1 }]) {
      await publish("", payload);
      const error = await client.records().next().then(() => undefined, (error: unknown) => error);
      assert.ok(error instanceof UnusableRecordError, String(error));
      assert.ok(error.data.length > 0);
      await error.acknowledge();
    }
  });

  await t.step("a missing consumer, and one that is not permitted, are reported", async () => {
    await assert.rejects(client.records({ consumer: "other" }).next(), NotPermittedError);
    await missing;
  });

  await t.step("the signal ends a wait, and a closed connection is reported", async () => {
    const ended = new AbortController();
    const waiting = client.records({ signal: ended.signal }).next();
    ended.abort();
    assert.deepEqual(await waiting, { done: true, value: undefined });
    await connection.close();
    await assert.rejects(client.records().next(), ConnectionClosedError);
  });
});
