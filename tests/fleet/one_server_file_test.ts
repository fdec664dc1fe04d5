import assert from "node:assert/strict";
import { AckPolicy } from "nats";
import { freeAddress } from "../support/own_address.ts";
import { Logged } from "../nats/logged.ts";
import { newNode } from "../nats/setup.ts";
import { until } from "./isolation.ts";
import { NatsFiles, passwordOf, probeOf } from "./nats_files.ts";
import { all } from "./probe.ts";
import { assertRights } from "./rights_table.ts";

Deno.test("one-server.conf", async (t) => {
  await using files = await NatsFiles.copy();
  for (const role of ["web", "everest-berlin-01"]) await addUserOf(files, role);
  const address = freeAddress();
  const server = await files.start("one-server.conf", { settings: { CLIENTS: address } });
  const roles = {
    node: await probeOf(address, "berlin-01", "_INBOX_berlin-01"),
    viewer: await probeOf(address, "viewer", "_INBOX_viewer"),
    controller: await probeOf(address, "controller", "_INBOX_controller"),
    billing: await probeOf(address, "billing", "_INBOX_billing"),
    web: await probeOf(address, "web", "_INBOX_web"),
    everest: await probeOf(address, "everest-berlin-01", "_INBOX_everest.berlin-01"),
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

  await t.step("the service of a site creates its streams and reports no problem", async () => {
    node.start();
    await node.connected;
    await log.seen(/Created a stream.*WATTSEAL_STATE/);
    assert.deepEqual(log.lines.filter(({ level }) => level === "error" || level === "warn"), []);
  });

  await t.step("the viewer receives values and states, the controller starts a transaction", async () => {
    const viewer = roles.viewer.connection;
    const reading = await viewer.request("wattseal.berlin-01.evse-1.reading.get", "", { timeout });
    assert.equal(reading.json<{ meter_id: string }>().meter_id, "BY1234567.2024");
    node.publishStatus("evse-1");
    const subject = "$JS.API.DIRECT.GET.WATTSEAL_STATE.wattseal.berlin-01.evse-1.status";
    // The stream stores asynchronously
    await until(async () => {
      const retained = await viewer.request(subject, "", { timeout });
      return retained.json<{ state: string }>().state === "online";
    });
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

  await t.step("billing reads records from the consumer that the administrator creates", async () => {
    const manager = await roles.administrator.connection.jetstreamManager();
    await manager.consumers.add("WATTSEAL_OCMF", { durable_name: "billing", ack_policy: AckPolicy.Explicit });
    await roles.node.connection.jetstream().publish("wattseal.berlin-01.evse-1.ocmf", "record", { msgID: "id-1" });
    const billing = roles.billing.connection.jetstream();
    const record = await billing.pull("WATTSEAL_OCMF", "billing", timeout);
    assert.equal(record.string(), "record");
    assert.ok(await record.ackAck());
  });

  await assertRights(t, roles, {
    node: "_INBOX_berlin-01",
    viewer: "_INBOX_viewer",
    controller: "_INBOX_controller",
    billing: "_INBOX_billing",
    web: "_INBOX_web",
    everest: "_INBOX_everest.berlin-01",
  });

  await t.step("a new site needs a permissions file, a user and a reload, and no client is disconnected", async () => {
    await server.files.addSite("direct-sites.conf", "node", "munich-02");
    await server.files.writeSecrets("one-server.conf");
    await server.process.reload();
    await using site = await probeOf(address, "munich-02", "_INBOX_munich-02");
    const own = { publish: ["wattseal.munich-02.evse-1.reading"], subscribe: ["_INBOX_munich-02.>"] };
    const foreign = { publish: ["wattseal.berlin-01.evse-1.reading"], subscribe: ["_INBOX_berlin-01.>"] };
    assert.deepEqual(await site.refused(own), []);
    assert.deepEqual(await site.refused(foreign), all(foreign));
    assert.equal(log.count(/connection is lost|was closed/), 0);
  });
});

/** Adds a user as the comment of its file of permissions says. */
async function addUserOf(files: NatsFiles, name: string): Promise<void> {
  const file = `rights/${name}.conf`;
  const user = /^# +(\{ user: .*\})$/m.exec(await files.read(file))?.[1] ?? "";
  await files.replace("direct-sites.conf", "include ./secrets.conf", `include ./secrets.conf\ninclude ./${file}`);
  await files.replace("direct-sites.conf", "      # May do everything", `      ${user}\n      # May do everything`);
}

const timeout = 30_000;
