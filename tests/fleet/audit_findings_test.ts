import assert from "node:assert/strict";
import { systemTime, type Time } from "../../src/base/time.ts";
import { FakeHealth, newClient } from "../nats/setup.ts";
import { startNatsServer } from "../support/nats_server.ts";
import { runCommand } from "../support/run_command.ts";
import { audit, startNode } from "./audited.ts";
import { addRecordStream, DeliveredSite } from "./delivered_site.ts";
import { HubAndEdges } from "./hub_and_edges.ts";

const at = "2026-01-31T08:00:00.000Z";

Deno.test(
  "fleet audit counts identical copies, and finds different bytes, gaps, silent nodes, wrong clocks and " +
    "changed streams",
  async () => {
    await using hub = await HubAndEdges.start();
    const [berlin, bonn, dresden] = [
      await hub.addEdge("berlin"),
      await hub.addEdge("bonn"),
      await hub.addEdge("dresden"),
    ];
    using clean = new DeliveredSite("berlin");
    using damaged = new DeliveredSite("bonn");
    await addRecordStream(berlin.client, "berlin", 100);
    await addRecordStream(bonn.client, "bonn");
    await addRecordStream(dresden.client, "dresden");
    await clean.deliver(berlin.client, 1, 2, 3);
    // A copy after the duplicate window of the edge
    await clean.publish(berlin.client, 2);
    await damaged.deliver(bonn.client, 1, 5);
    await damaged.forge(bonn.client, 1, "other bytes");
    await hub.hasRecords(6);
    const time: Time = {
      now: () => Date.now() + 3_600_000,
      mono: () => systemTime.mono(),
      sleep: (ms, signal) => systemTime.sleep(ms, signal),
    };
    await using _clean = await startNode(berlin, clean);
    const health = new FakeHealth();
    health.raise("AccessDenied", "publish is refused");
    await using _damaged = await startNode(bonn, damaged, { time, health });
    // A second node of the site, which does not answer
    const other = { state: "online", transaction: { state: "idle" }, since: at, timestamp: at };
    bonn.client.publish("wattseal.bonn.evse-9.status", JSON.stringify(other));
    await hub.keeps("berlin._node.status", "bonn._node.status", "bonn.evse-9.status");

    const { code, site: found, kindsOf, hubKinds } = await audit(hub.server.address);
    assert.equal(code, 1);
    assert.deepEqual(
      [found("berlin").clean, found("berlin").journal, found("berlin").hub, found("berlin").copies],
      [true, 3, 3, 1],
      JSON.stringify(found("berlin")),
    );
    assert.deepEqual(
      kindsOf("bonn"),
      ["clock", "access", "unreachable", "unequal", "pagination_gap"],
      JSON.stringify(found("bonn")),
    );
    assert.deepEqual(found("bonn").findings[3]?.message_ids, damaged.ids.slice(0, 1));
    assert.match(found("bonn").findings[4]?.message ?? "", /numbers T2 to T4 are in no record of meter BY1,/);
    assert.match(found("bonn").findings[1]?.message ?? "", /AccessDenied since .*: publish is refused/);
    assert.match(
      found("bonn").findings[2]?.message ?? "",
      /serves meter evse-9, .* fleet site remove bonn --meter evse-9/,
    );
    assert.deepEqual([found("dresden").reached, found("dresden").clean], [false, false]);
    assert.deepEqual(kindsOf("dresden"), ["unreachable"]);
    assert.deepEqual(hubKinds, []);

    // Only one site that does not answer
    assert.equal((await audit(hub.server.address, "--site", "dresden")).code, 3);

    const manager = await hub.client.jetstreamManager({ checkAPI: false });
    const { config } = await manager.streams.info("WATTSEAL_OCMF");
    await manager.streams.update("WATTSEAL_OCMF", { ...config, max_msgs_per_subject: 2 });
    const changed = await audit(hub.server.address, "--site", "berlin");
    assert.deepEqual([changed.code, changed.hubKinds], [1, ["stream"]], JSON.stringify(changed.hub));
    assert.match(
      changed.hub.findings[0]?.message ?? "",
      /WATTSEAL_OCMF differs from fleet setup: max_msgs_per_subject is 2/,
    );
  },
);

Deno.test("fleet audit compares on a single server, and lets the node deliver records again that its stream lost", async () => {
  await using server = await startNatsServer();
  await using client = await newClient(server.address);
  using site = new DeliveredSite("berlin");
  await addRecordStream(client, "*", 100);
  await site.deliver(client, 1, 2);
  const edge = { site: "berlin", server, client };
  await using _node = await startNode(edge, site, { options: { site: "berlin" } });
  assert.equal((await audit(server.address)).code, 0);
  const manager = await client.jetstreamManager();
  await manager.streams.deleteMessage("WATTSEAL_OCMF", 2);
  const { code, kindsOf } = await audit(server.address);
  assert.deepEqual([code, kindsOf("berlin")], [1, ["missing"]]);
  const repaired = await audit(server.address, "--repair");
  assert.deepEqual([repaired.code, repaired.site("berlin").clean], [0, true], JSON.stringify(repaired.site("berlin")));
  const text = await runCommand(["fleet", "audit", "--server", server.address]);
  assert.equal(text.code, 0);
  assert.match(text.out, /^berlin: clean; 2 records in 1 journal, 2 at the hub\n1 site: 1 clean, .*; hub: clean\n$/);
  assert.equal((await runCommand(["fleet", "audit", "--server", "127.0.0.1:1"])).code, 3);
});
