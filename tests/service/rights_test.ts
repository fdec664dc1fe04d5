import assert from "node:assert/strict";
import { neededRights } from "../../src/nats/needed_rights.ts";
import { streamKinds } from "../../src/nats/streams.ts";
import { SimulatedMeter } from "../../src/simulator/mod.ts";
import { admin, startGuardedServer } from "../support/guarded_server.ts";
import { ask, askUntilOk, openSite } from "../support/site.ts";
import { CommandProcess } from "../support/start_process.ts";

const inboxPrefix = "_INBOX_test";
const all = neededRights("node", { prefix: "wattseal", site: "test", inboxPrefix, creates: streamKinds });
const keys = `user: test, password: p, inbox_prefix: ${inboxPrefix}`;

Deno.test("start serves a whole transaction with the least permissions, and none is missing", async () => {
  await using guarded = await startGuardedServer({ test: all });
  const nats = { server: guarded.server, keys, client: admin };
  await using site = await openSite({ meters: [new SimulatedMeter({ unit: 1 })], nats });
  const records = site.client.subscribe("wattseal.test.*.ocmf", { max: 1 });
  const readings = site.client.subscribe("wattseal.test.*.reading", { max: 1 });
  const refused = site.client.subscribe("wattseal.test._node.fault.AccessDenied");
  await using service = new CommandProcess(["start", "--config", site.config]);
  assert.deepEqual(JSON.parse(await service.line("ready") ?? "{}").problems, []);
  const transaction = { evse_id: "DE*ABC*E1", transaction_id: "tx-1", identification_status: "ASSIGNED" };
  const identification = { identification_type: "ISO14443", identification_flags: [], tariff_text: "" };
  assert.equal(
    (await askUntilOk(site.client, 1, "transaction.start", { ...transaction, ...identification })).status,
    "OK",
  );
  assert.equal((await ask(site.client, 1, "transaction.stop", { transaction_id: "tx-1" })).status, "OK");
  for await (const record of records) {
    assert.equal(record.json<{ transaction_id: string }>().transaction_id, "tx-1");
  }
  for await (const _reading of readings) break;
  service.signal("SIGTERM");
  const { code, err } = await service.ended();
  assert.equal(code, 0);
  assert.doesNotMatch(err, /NATS refuses|VIOLATION/);
  await refused.drain();
  assert.equal(refused.getReceived(), 0);
});

Deno.test("start prints ready with the problems", async () => {
  const { publish, subscribe } = all;
  await using guarded = await startGuardedServer({
    test: { publish, subscribe: subscribe.filter((subject) => !subject.includes("transaction")) },
  });
  const nats = { server: guarded.server, keys, client: admin };
  await using site = await openSite({ meters: [new SimulatedMeter({ unit: 1 })], nats });
  const statuses = site.client.subscribe("wattseal.test._node.status");
  await site.client.flush();
  await using service = new CommandProcess(["start", "--config", site.config]);
  const { problems } = JSON.parse(await service.line("ready") ?? "{}");
  assert.equal(problems.length, 2);
  assert.match(problems[0], /add subscribe: \{ allow: \["wattseal\.test\.\*\.transaction\.\*"\] \}/);
  assert.match(problems[1], /add allow_responses: \{ max: 1, expires: "11m" \}/);
  for await (const message of statuses) {
    const { nats: { problems: reported } } = message.json<{ nats: { problems: string[] } }>();
    if (reported.length === 2) break;
  }
  service.signal("SIGTERM");
  const { err } = await service.ended();
  assert.match(err, /Ready, but with problems: /);
});
