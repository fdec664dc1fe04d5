import assert from "node:assert/strict";
import { openSpool } from "../../src/spool/mod.ts";
import { silentLog } from "../../src/base/log.ts";
import { systemTime } from "../../src/base/time.ts";
import type { NatsNodeParts } from "../../src/nats/mod.ts";
import { FakeTime } from "../support/fake_time.ts";
import { startNatsServer } from "../support/nats_server.ts";
import { within } from "../support/pause.ts";
import { atMs, reading } from "./fakes.ts";
import { emptyJournal, newClient } from "./setup.ts";
import { answering, instances, newTwin, served } from "./twin_processes.ts";

Deno.test("NatsNode does not serve while a twin serves, both report it, and it starts to serve when the twin ends", async () => {
  await using server = await startNatsServer();
  await using client = await newClient(server.address);
  const spool = openSpool({ mode: "memory", maxAgeHours: 1e6, maxMb: 1, folder: "" }, {
    time: systemTime,
    log: silentLog,
  });
  await using first = newTwin({ address: server.address, identity: instances.first, meters: ["evse-1", "evse-3"] });
  await first.start();
  await using second = newTwin({
    address: server.address,
    identity: instances.second,
    meters: ["evse-1", "evse-2"],
    state: "offline",
    spool,
    // No pause ends without the test
    time: new FakeTime(),
  });
  await second.start();

  const active = await first.health.raised("DuplicateSite", /instance second/);
  assert.match(
    active,
    /waits until this process has stopped.*client \d+ at [\d.]+ on server .*meters evse-1\. Give one/,
  );
  const passive = await second.health.raised("DuplicateSite", /instance first/);
  assert.match(passive, /does not serve its meters.*meters evse-1\. Give one of the two another site/);
  assert.deepEqual(await answering(client), ["online"]);
  await assert.rejects(client.request("wattseal.berlin-01.evse-2.status.get"), { code: "503" });

  const heard: string[] = [];
  const all = client.subscribe("wattseal.berlin-01.>");
  await client.flush();
  for (const { node } of [second, first]) {
    node.publishReading("evse-1", reading);
    node.publishStatus("evse-1");
    node.publishPublicKey("evse-1");
    node.publishNodeStatus();
    node.publishFault("evse-1", { subType: "DeviceStateError", active: true, message: "", sinceMs: atMs, atMs });
  }
  second.node.publishNodeFault({ subType: "DuplicateSite", active: true, message: passive, sinceMs: atMs, atMs });
  for await (const { subject, data } of all) {
    if (subject.includes("._node.instance.")) continue;
    const text = new TextDecoder().decode(data);
    if (/"state":"offline"|"instance":"second"/.test(text)) assert.fail(`published by the passive one: ${text}`);
    heard.push(subject.slice("wattseal.berlin-01.".length));
    if (heard.includes("_node.fault.DuplicateSite") && heard.includes("evse-1.fault.DeviceStateError")) break;
  }
  assert.deepEqual(heard.sort(), [
    "_node.fault.DuplicateSite",
    "_node.status",
    "evse-1.fault.DeviceStateError",
    "evse-1.public_key",
    "evse-1.reading",
    "evse-1.status",
  ]);
  assert.equal(spool.size, 0);

  await first.node.close();
  await second.health.cleared("DuplicateSite");
  await served(client);
  assert.deepEqual(await answering(client), ["offline"]);
  const status = client.subscribe("wattseal.berlin-01._node.status", { max: 1 });
  await client.flush();
  second.node.publishNodeStatus();
  for await (const message of status) assert.equal(message.json<Record<string, unknown>>()["instance"], "second");
  spool.close();
});

Deno.test("NatsNode clears the faults that its twin has left after the twin has stopped", async () => {
  await using server = await startNatsServer();
  await using client = await newClient(server.address);
  await using first = newTwin({ address: server.address, identity: instances.first });
  await first.start();
  await using second = newTwin({ address: server.address, identity: instances.second });
  await second.start();
  await first.health.raised("DuplicateSite");
  const own = { subType: "DiskSpaceLow", message: "", sinceMs: atMs, atMs } as const;
  const theirs = { ...own, subType: "RecordsUndelivered" } as const;
  first.node.publishNodeFault({ ...own, active: true });
  await client.flush();
  second.node.publishNodeFault({ ...own, active: false });
  second.node.publishNodeFault({ ...theirs, active: true });
  await client.flush();
  await second.node.close();
  const manager = await client.jetstreamManager();
  const isActive = async (subType: string) => {
    const subject = `wattseal.berlin-01._node.fault.${subType}`;
    const found = await manager.streams.getMessage("WATTSEAL_STATE", { last_by_subj: subject });
    return found.json<Record<string, unknown>>()["active"];
  };
  while (await isActive("RecordsUndelivered") || !(await isActive("DiskSpaceLow"))) await client.flush();
});

Deno.test("NatsNode delivers records while a twin serves its meters", async () => {
  await using server = await startNatsServer();
  await using first = newTwin({ address: server.address });
  await first.start();
  const asked = Promise.withResolvers<void>();
  const journal: NatsNodeParts["journal"] = {
    ...emptyJournal,
    outbox: () => {
      asked.resolve();
      return [];
    },
  };
  await using second = newTwin({ address: server.address, journal });
  await second.start();
  await second.health.raised("DuplicateSite");
  await asked.promise;
});

Deno.test("NatsNode serves together with a process of the same site that has other meters", async () => {
  await using server = await startNatsServer();
  await using client = await newClient(server.address);
  await using first = newTwin({ address: server.address, meters: ["evse-1"] });
  await using second = newTwin({ address: server.address, meters: ["evse-2"], state: "offline" });
  await Promise.all([first.start(), second.start()]);
  assert.deepEqual([await answering(client, "evse-1"), await answering(client, "evse-2")], [["online"], ["offline"]]);
  assert.deepEqual([first.health.faults, second.health.faults], [[], []]);
});

Deno.test("NatsNode accepts only answers to its own question", async () => {
  await using server = await startNatsServer();
  await using client = await newClient(server.address);
  const subject = "wattseal.berlin-01._node.instance.get";
  let forgeries = 0;
  const forged = () => JSON.stringify({ instance: `forged-${++forgeries}`, state: "active", meters: ["evse-1"] });
  client.subscribe(subject, {
    callback: (_error, { reply }) => {
      if (reply !== undefined && reply !== "") client.publish(subject, forged());
    },
  });
  await client.flush();
  await using node = newTwin({ address: server.address, identity: instances.first });
  await node.start();
  assert.deepEqual(await answering(client), ["online"]);
  assert.deepEqual(node.health.faults, []);
  const answer = (await client.request(subject)).json<Record<string, unknown>>();
  assert.deepEqual([answer["instance"], answer["state"], answer["meters"]], ["first", "active", ["evse-1"]]);
});

Deno.test("NatsNode leaves no pause behind when it is closed during a question to its twins", async () => {
  await using server = await startNatsServer();
  const time = new FakeTime();
  const node = newTwin({ address: server.address, time });
  await node.start();
  await node[Symbol.asyncDispose]();
  const isIdle = async () => {
    while (time.sleeping > 0) await systemTime.sleep(10);
  };
  assert.ok(await within(isIdle(), 10_000), `${time.sleeping} pauses have not ended`);
});
