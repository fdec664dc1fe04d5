import assert from "node:assert/strict";
import { connect, Events } from "nats";
import type { FaultPayload, StatusPayload } from "../../src/contract/mod.ts";
import { ConnectionClosedError, NobodyThereError, NotPermittedError, WattsealClient } from "../../src/client/mod.ts";
import { neededRights } from "../../src/nats/needed_rights.ts";
import { newClient } from "../nats/setup.ts";
import { admin, startGuardedServer } from "../support/guarded_server.ts";
import { TcpProxy } from "../support/tcp_proxy.ts";

const viewer = { prefix: "wattseal", site: "*", inboxPrefix: "_INBOX_viewer" };

Deno.test("readings, states and faults, with the permissions of a viewer", async (t) => {
  await using guarded = await startGuardedServer({
    viewer: neededRights("viewer", viewer),
    nobody: { publish: ["nothing"], subscribe: ["_INBOX_viewer.>"] },
  });
  await using administrator = await newClient(guarded.address, admin);
  const publish = (subject: string, payload: object) =>
    administrator.publish(`wattseal.${subject}`, JSON.stringify(payload));
  const store = async (subject: string, payload: object) => {
    await administrator.jetstream().publish(`wattseal.${subject}`, JSON.stringify(payload));
  };
  await using proxy = new TcpProxy(guarded.address);
  const open = (user: string) =>
    connect({
      servers: proxy.address,
      user,
      pass: "p",
      inboxPrefix: "_INBOX_viewer",
      maxReconnectAttempts: -1,
      reconnectTimeWait: 50,
    });
  await using connections = new AsyncDisposableStack();
  const connection = connections.adopt(await open("viewer"), (each) => each.close());
  const client = new WattsealClient(connection, {
    inboxPrefix: "_INBOX_viewer",
    time: { sleep: () => new Promise((resolve) => setTimeout(resolve, 50)) },
  });
  /** Breaks the connection, and restores it after `work`. */
  const interrupted = async (work: () => Promise<void>) => {
    const events = connection.status();
    proxy.refuse();
    await work();
    proxy.cut();
    for await (const { type } of events) if (type === Events.Reconnect) return;
  };

  await t.step("states without their stream are an error", async () => {
    await assert.rejects(client.states().next(), NobodyThereError);
  });
  await (await administrator.jetstreamManager()).streams.add({
    name: "WATTSEAL_STATE",
    subjects: ["wattseal.*.*.status", "wattseal.*.*.fault.*"],
    max_msgs_per_subject: 1,
  });

  await t.step("readings of one meter arrive, also after an interruption", async () => {
    const readings = client.readings({ site: "berlin-01", meter: "evse-1" });
    const first = readings.next();
    await connection.flush();
    publish("berlin-01.evse-2.reading", { timestamp: "of another meter" });
    administrator.publish("wattseal.berlin-01.evse-1.reading", "not JSON");
    publish("berlin-01.evse-1.reading", { timestamp: "1" });
    const { value } = await first;
    assert.deepEqual(value, {
      site: "berlin-01",
      meter: "evse-1",
      subject: "wattseal.berlin-01.evse-1.reading",
      payload: { timestamp: "1" },
      isRetained: false,
    });
    await interrupted(() => Promise.resolve());
    const second = readings.next();
    await connection.flush();
    publish("berlin-01.evse-1.reading", { timestamp: "2" });
    assert.equal((await second).value?.payload.timestamp, "2");
    await readings.return();
  });

  await t.step("states are the retained ones, then each new one, and what changed during an interruption", async () => {
    await store("berlin-01.evse-1.status", { state: "online" });
    await store("berlin-01._node.status", { version: "1" });
    const states = client.states();
    const next = async () => {
      const { value } = await states.next();
      const { meter, payload, isRetained } = value ?? assert.fail("it ended");
      return [meter, (payload satisfies StatusPayload).state, isRetained];
    };
    assert.deepEqual(await next(), ["evse-1", "online", true]);
    await store("berlin-01.evse-1.status", { state: "offline" });
    assert.deepEqual(await next(), ["evse-1", "offline", false]);
    await interrupted(() => store("berlin-01.evse-2.status", { state: "online" }));
    // evse-1 has not changed: it does not come again
    assert.deepEqual(await next(), ["evse-2", "online", true]);
    await states.return();
  });

  await t.step("faults are those of meters and of processes", async () => {
    const fault = { type: "t", severity: "Low", active: true, message: "m", since: "s", timestamp: "t" } as const;
    await store("berlin-01.evse-1.fault.CommunicationError", { ...fault, sub_type: "CommunicationError" });
    await store("berlin-01._node.fault.LowDisk", { ...fault, sub_type: "LowDisk" });
    const found: [string, FaultPayload["sub_type"]][] = [];
    for await (const { meter, payload } of client.faults({ site: "berlin-01" })) {
      found.push([meter, payload.sub_type]);
      if (found.length === 2) break;
    }
    assert.deepEqual(found, [["evse-1", "CommunicationError"], ["_node", "LowDisk"]]);
  });

  await t.step("the signal ends each iteration", async () => {
    for (const follow of ["readings", "states", "faults"] as const) {
      const ended = new AbortController();
      const waiting = client[follow]({ site: "nowhere", signal: ended.signal }).next();
      ended.abort();
      assert.equal((await waiting).done, true);
      assert.equal((await client[follow]({ signal: ended.signal }).next()).done, true);
    }
  });

  await t.step("a missing permission is reported", async () => {
    const other = connections.adopt(await open("nobody"), (each) => each.close());
    const denied = new WattsealClient(other, { inboxPrefix: "_INBOX_viewer" });
    await assert.rejects(denied.readings().next(), NotPermittedError);
    await assert.rejects(denied.states().next(), NotPermittedError);
    await assert.rejects(denied.meter("berlin-01", "evse-1").reading(), NotPermittedError);
  });

  await t.step("a closed connection ends each iteration with an error", async () => {
    const waiting = [client.readings().next(), client.states({ site: "nowhere" }).next()];
    await connection.flush();
    await connection.close();
    for (const each of waiting) await assert.rejects(each, ConnectionClosedError);
  });
});
