import assert from "node:assert/strict";
import { connect } from "nats";
import { silentLog } from "../../src/base/log.ts";
import { systemTime, timestamp } from "../../src/base/time.ts";
import {
  createAccount,
  createOperator,
  type CredentialsRole,
  inboxPrefixOf,
  operatorConfig,
  userCredentials,
} from "../../src/fleet/mod.ts";
import { neededRights, streamConfig, streamKinds } from "../../src/nats/mod.ts";
import { historyRoutes } from "../../src/web/history_routes.ts";
import { meterRoutes } from "../../src/web/meter_routes.ts";
import { LiveFleet } from "../../src/web/mod.ts";
import { sessionRoutes } from "../../src/web/session_routes.ts";
import { reading, status } from "../cli/fleet_messages.ts";
import { all, Probe } from "../fleet/probe.ts";
import { testPublicKey } from "../ocmf/samples.ts";
import { admin, startGuardedServer } from "../support/guarded_server.ts";
import { startNatsServer } from "../support/nats_server.ts";
import { sample } from "./record_site.ts";

const inboxPrefix = "_INBOX_viewer";
const viewerRights = neededRights("viewer", { prefix: "wattseal", site: "*", inboxPrefix });

Deno.test("the permissions of a viewer are enough for the fleet and its meters, and what is refused is shown", async () => {
  await using guarded = await startGuardedServer({
    viewer: viewerRights,
    listener: { publish: ["nothing"], subscribe: ["wattseal.*.*.status", "_INBOX_viewer.>"] },
  });
  const owner = await connect({ servers: guarded.address, ...admin });
  const manager = await owner.jetstreamManager();
  await manager.streams.add(streamConfig("wattseal", "state", { enabled: true, replicas: 1, maxAgeDays: 0 }));
  await owner.jetstream().publish("wattseal.berlin.evse-1.status", JSON.stringify(status("online")));
  const key = { public_key: testPublicKey, public_key_format: "binary", signing_method: "ECDSA" };
  const published = { ...key, meter_id: "BY1", timestamp: "2026-01-31T07:00:00.000Z" };
  await owner.jetstream().publish("wattseal.berlin.evse-1.public_key", JSON.stringify(published));

  const liveOf = async (user: string) => {
    const nats = await connect({ servers: guarded.address, user, pass: "p", inboxPrefix });
    const parts = { nats, prefix: "wattseal", domain: undefined, time: systemTime, log: silentLog };
    const live = new LiveFleet(nats, parts);
    await live.start();
    return { ...parts, live };
  };
  const viewer = await liveOf("viewer");
  assert.equal(viewer.live.connection.problems, undefined);
  const detail = await (await meterRoutes(viewer).request("/api/meters/berlin/evse-1")).json();
  assert.deepEqual([detail.row.state, detail.publicKey.payload.public_key], ["online", testPublicKey]);

  const listener = await liveOf("listener");
  await listener.nats.flush();
  const { problems = [] } = listener.live.connection;
  assert.match(problems.join("\n"), /Cannot watch wattseal\.\*\.\*\.reading: .* connect as a viewer/);
  assert.match(problems.join("\n"), /Cannot read the retained states: /);
  for (const { live, nats } of [viewer, listener]) {
    live.stop();
    await nats.close();
  }
  await owner.close();
});

Deno.test("credentials of the role web show sessions, records and charts, and allow no request to a site", async () => {
  const operator = createOperator("wattseal", Date.now());
  const options = { name: "acme", operatorSeed: operator.seed, prefix: "wattseal", nowMs: Date.now() };
  const { publicKey, signingSeeds, ...account } = createAccount(options);
  await using server = await startNatsServer({
    config: operatorConfig(operator, [{ publicKey, signingSeeds, ...account }]),
  });
  const probeOf = (role: CredentialsRole) => {
    const accountSigningSeed = signingSeeds[role];
    const creds = userCredentials({ name: "page", role, account: publicKey, accountSigningSeed });
    return Probe.withCreds(server.address, creds, inboxPrefixOf(role, "page"));
  };
  await using administrator = await probeOf("administrator");
  const owner = administrator.connection;
  const manager = await owner.jetstreamManager();
  for (const kind of streamKinds) {
    await manager.streams.add(streamConfig("wattseal", kind, { enabled: true, replicas: 1, maxAgeDays: 0 }));
  }
  const { subject, payload } = sample("tx-1");
  await owner.jetstream().publish(subject, JSON.stringify(payload));
  const [now, minuteMs] = [Date.now(), 60_000];
  for (let at = now - 90 * minuteMs; at < now; at += minuteMs) {
    const message = JSON.stringify({ ...reading, timestamp: timestamp(at) });
    await owner.jetstream().publish("wattseal.berlin.evse-1.reading", message);
  }
  await owner.jetstream().publish("wattseal.berlin.evse-1.status", JSON.stringify(status("online")));

  await using page = await probeOf("web");
  const nats = page.connection;
  const parts = { nats, prefix: "wattseal", domain: undefined, time: systemTime, log: silentLog };
  const live = new LiveFleet(nats, parts);
  await live.start();
  assert.equal(live.connection.problems, undefined);
  const sessions = sessionRoutes(parts);
  for (const _ of ["a first search", "and a second one"]) {
    assert.equal((await (await sessions.request("/api/sessions")).json()).rows[0]?.transactionId, "tx-1");
  }
  assert.equal((await (await sessions.request("/api/records/1")).json()).row.transactionId, "tx-1");
  const period = `from=${timestamp(now - 3_600_000)}&to=${timestamp(now)}`;
  const history = await historyRoutes({ ...parts, live }).request(`/api/meters/berlin/evse-1/history?${period}`);
  assert.ok((await history.json()).points.length > 0);
  assert.deepEqual(page.refusedSoFar.map((attempt) => attempt.replace(/OCMF\..*/, "OCMF")), [
    "publish $JS.API.CONSUMER.DELETE.WATTSEAL_OCMF",
  ]);

  const forbidden = {
    publish: [
      ...["transaction.start", "transaction.stop", "status.get", "acknowledge", "status", "ocmf"].map((end) =>
        `wattseal.berlin.evse-1.${end}`
      ),
      ...["redeliver", "journal.get"].map((end) => `wattseal.berlin._node.${end}`),
      "$JS.API.STREAM.PURGE.WATTSEAL_STATE",
    ],
    subscribe: ["wattseal.>", "wattseal.*.*.transaction.*", "_INBOX.>", "_INBOX_web.other.>"],
  };
  assert.deepEqual(await page.refused(forbidden), all(forbidden));
  live.stop();
});
