import assert from "node:assert/strict";
import { AckPolicy } from "nats";
import { freeAddress } from "../support/own_address.ts";
import { Logged } from "../nats/logged.ts";
import { newNode } from "../nats/setup.ts";
import { NatsFiles, passwordOf, probeOf } from "./nats_files.ts";

/** Who may do what on one server: the node of berlin-01, the viewer, the controller and billing. */
const table: readonly (readonly [action: string, ...roles: string[]])[] = [
  ["publish wattseal.berlin-01.evse-1.reading", "node"],
  ["publish wattseal.berlin-01.evse-1.ocmf", "node"],
  ["publish wattseal.berlin-01._node.status", "node"],
  ["publish wattseal.munich-02.evse-1.reading"],
  ["publish wattseal.munich-02.evse-1.ocmf"],
  ["publish wattseal.munich-02.evse-1.status"],
  ["publish wattseal.munich-02.evse-1.reading.get", "viewer", "controller"],
  ["publish wattseal.munich-02.evse-1.public_key.get", "viewer", "controller"],
  ["publish wattseal.munich-02.evse-1.status.get", "viewer", "controller"],
  ["publish wattseal.munich-02._node.journal.get", "controller"],
  ["publish wattseal.munich-02.evse-1.transaction.start", "controller"],
  ["publish wattseal.munich-02.evse-1.transaction.stop", "controller"],
  ["publish wattseal.munich-02.evse-1.acknowledge"],
  ["publish wattseal.munich-02._node.redeliver"],
  ["publish _INBOX_berlin-01.x"],
  ["publish _INBOX_viewer.x"],
  ["publish _INBOX_controller.x"],
  ["publish _INBOX.x"],
  ["publish $SRV.PING"],
  ["publish $SRV.PING.wattseal", "node", "viewer"],
  ["publish $SRV.INFO.wattseal", "viewer"],
  ["publish $SRV.STATS.wattseal", "viewer"],
  ["publish $JS.API.INFO"],
  ["publish $JS.API.STREAM.NAMES", "node", "viewer"],
  ["publish $JS.API.STREAM.LIST"],
  ["publish $JS.API.STREAM.INFO.WATTSEAL_OCMF", "node"],
  ["publish $JS.API.STREAM.INFO.WATTSEAL_READINGS", "node"],
  ["publish $JS.API.STREAM.INFO.WATTSEAL_STATE", "node", "viewer"],
  ["publish $JS.API.STREAM.CREATE.WATTSEAL_OCMF", "node"],
  ["publish $JS.API.STREAM.CREATE.WATTSEAL_READINGS", "node"],
  ["publish $JS.API.STREAM.CREATE.WATTSEAL_STATE", "node"],
  ["publish $JS.API.STREAM.CREATE.OTHER"],
  ["publish $JS.API.STREAM.UPDATE.WATTSEAL_OCMF"],
  ["publish $JS.API.STREAM.DELETE.WATTSEAL_OCMF"],
  ["publish $JS.API.STREAM.PURGE.WATTSEAL_OCMF"],
  ["publish $JS.API.STREAM.MSG.GET.WATTSEAL_OCMF"],
  ["publish $JS.API.STREAM.MSG.DELETE.WATTSEAL_OCMF"],
  ["publish $JS.API.DIRECT.GET.WATTSEAL_STATE.wattseal.berlin-01.evse-1.status", "node", "viewer"],
  ["publish $JS.API.DIRECT.GET.WATTSEAL_STATE.wattseal.munich-02.evse-1.status", "viewer"],
  ["publish $JS.API.CONSUMER.CREATE.WATTSEAL_STATE", "viewer"],
  ["publish $JS.FC.WATTSEAL_STATE.consumer.x", "viewer"],
  ["publish $JS.FC.WATTSEAL_OCMF.consumer.x"],
  ["publish $JS.API.CONSUMER.CREATE.WATTSEAL_OCMF"],
  ["publish $JS.API.CONSUMER.DURABLE.CREATE.WATTSEAL_OCMF.other"],
  ["publish $JS.API.CONSUMER.DELETE.WATTSEAL_OCMF.billing"],
  ["publish $JS.API.CONSUMER.MSG.NEXT.WATTSEAL_OCMF.billing", "billing"],
  ["publish $JS.API.CONSUMER.MSG.NEXT.WATTSEAL_OCMF.other"],
  ["publish $JS.ACK.WATTSEAL_OCMF.billing.1.1.1.1.0", "billing"],
  ["publish $JS.ACK.WATTSEAL_OCMF.other.1.1.1.1.0"],
  ["publish $SYS.REQ.SERVER.PING"],
  ["subscribe wattseal.berlin-01.*.*.get", "node"],
  ["subscribe wattseal.berlin-01.*.transaction.*", "node"],
  ["subscribe wattseal.berlin-01.*.acknowledge", "node"],
  ["subscribe wattseal.berlin-01._node.redeliver", "node"],
  ["subscribe wattseal.munich-02.*.transaction.*"],
  ["subscribe wattseal.*.*.reading", "viewer"],
  ["subscribe wattseal.*.*.public_key", "viewer"],
  ["subscribe wattseal.*.*.status", "viewer"],
  ["subscribe wattseal.*.*.fault.*", "viewer"],
  ["subscribe wattseal.*.*.ocmf"],
  ["subscribe wattseal.>"],
  ["subscribe >"],
  ["subscribe $SRV.>", "node"],
  ["subscribe $JS.>"],
  ["subscribe _INBOX.>"],
  ["subscribe _INBOX_berlin-01.>", "node"],
  ["subscribe _INBOX_munich-02.>"],
  ["subscribe _INBOX_viewer.>", "viewer"],
  ["subscribe _INBOX_controller.>", "controller"],
  ["subscribe _INBOX_billing.>", "billing"],
];

Deno.test("one-server.conf", async (t) => {
  await using files = await NatsFiles.copy();
  const address = freeAddress();
  await files.start("one-server.conf", { settings: { CLIENTS: address } });
  const roles = {
    node: await probeOf(address, "berlin-01", "_INBOX_berlin-01"),
    viewer: await probeOf(address, "viewer", "_INBOX_viewer"),
    controller: await probeOf(address, "controller", "_INBOX_controller"),
    billing: await probeOf(address, "billing", "_INBOX_billing"),
    administrator: await probeOf(address, "administrator", "_INBOX"),
  };
  await using owned = new AsyncDisposableStack();
  for (const probe of Object.values(roles)) owned.use(probe);
  const log = new Logged();
  const node = owned.use(newNode({
    address,
    log,
    options: { user: "berlin-01", password: passwordOf("BERLIN_01_PASSWORD"), inboxPrefix: "_INBOX_berlin-01" },
  }));

  await t.step("the service of a site creates its streams and has nothing to complain about", async () => {
    node.start();
    await node.connected;
    await log.seen(/created a stream.*WATTSEAL_STATE/);
    assert.deepEqual(log.lines.filter(({ level }) => level === "error" || level === "warn"), []);
  });

  await t.step("the viewer gets values and states, the controller starts a transaction", async () => {
    const viewer = roles.viewer.connection;
    const reading = await viewer.request("wattseal.berlin-01.evse-1.reading.get", "", { timeout });
    assert.equal(reading.json<{ meter_id: string }>().meter_id, "BY1234567.2024");
    node.publishStatus("evse-1");
    const state = "$JS.API.DIRECT.GET.WATTSEAL_STATE.wattseal.berlin-01.evse-1.status";
    const retained = await viewer.request(state, "", { timeout });
    assert.equal(retained.json<{ state: string }>().state, "online");
    const started = await roles.controller.connection.request(
      "wattseal.berlin-01.evse-1.transaction.start",
      JSON.stringify({
        evse_id: "DE*ABC*E1",
        transaction_id: "tx-1",
        identification_status: "ASSIGNED",
        identification_type: "ISO14443",
        identification_flags: [],
      }),
      { timeout },
    );
    assert.equal(started.json<{ status: string }>().status, "OK");
  });

  await t.step("billing takes records from the consumer that the administrator creates", async () => {
    const manager = await roles.administrator.connection.jetstreamManager();
    await manager.consumers.add("WATTSEAL_OCMF", { durable_name: "billing", ack_policy: AckPolicy.Explicit });
    await roles.node.connection.jetstream().publish("wattseal.berlin-01.evse-1.ocmf", "record", { msgID: "id-1" });
    const billing = roles.billing.connection.jetstream();
    const record = await billing.pull("WATTSEAL_OCMF", "billing", timeout);
    assert.equal(record.string(), "record");
    assert.ok(await record.ackAck());
  });

  for (const role of ["node", "viewer", "controller", "billing"] as const) {
    await t.step(`${role}: what it needs is allowed, everything else is refused by name`, async () => {
      const refused = await roles[role].refused({
        publish: table.map(([action]) => action).filter(isPublish).map(subjectOf),
        subscribe: table.map(([action]) => action).filter((action) => !isPublish(action)).map(subjectOf),
      });
      assert.deepEqual(refused, table.filter(([, ...allowed]) => !allowed.includes(role)).map(([action]) => action));
    });
  }

  await t.step("the administrator may do all of it", async () => {
    const ours = table.map(([action]) => action).filter((action) => !/DELETE|PURGE|CREATE/.test(action));
    assert.deepEqual(
      await roles.administrator.refused({
        publish: ours.filter(isPublish).map(subjectOf),
        subscribe: ours.filter((action) => !isPublish(action)).map(subjectOf),
      }),
      [],
    );
  });
});

const timeout = 30_000;
const isPublish = (action: string) => action.startsWith("publish ");
const subjectOf = (action: string) => action.slice(action.indexOf(" ") + 1);
