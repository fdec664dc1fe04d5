import assert from "node:assert/strict";
import { connect } from "nats";
import { silentLog } from "../../src/base/log.ts";
import { systemTime, timestamp } from "../../src/base/time.ts";
import { neededRights, type Rights, streamConfig, streamKinds } from "../../src/nats/mod.ts";
import { historyRoutes } from "../../src/web/history_routes.ts";
import { meterRoutes } from "../../src/web/meter_routes.ts";
import { LiveFleet } from "../../src/web/mod.ts";
import { sessionRoutes } from "../../src/web/session_routes.ts";
import { reading, status } from "../cli/fleet_messages.ts";
import { testPublicKey } from "../ocmf/samples.ts";
import { admin, startGuardedServer } from "../support/guarded_server.ts";
import { sample } from "./record_site.ts";

const inboxPrefix = "_INBOX_viewer";
const viewerRights = neededRights("viewer", { prefix: "wattseal", site: "*", inboxPrefix });

/** The permissions of a viewer, and those of the table in docs/web.md. */
async function documentedRights(): Promise<Rights> {
  const document = await Deno.readTextFile(new URL("../../docs/web.md", import.meta.url));
  const section = document.split("\n## Its permissions\n")[1]?.split("\n## ")[0] ?? "";
  const subjects = [...section.matchAll(/^\| `([^`]+)` +\|/gm)].map(([, subject = ""]) => subject);
  const publish = subjects.map((subject) => subject.replace("<P>", "WATTSEAL"));
  return { ...viewerRights, publish: [...viewerRights.publish, ...publish] };
}

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

Deno.test("with the permissions that docs/web.md lists, the page shows sessions, records and charts", async () => {
  await using guarded = await startGuardedServer({ page: await documentedRights() });
  const owner = await connect({ servers: guarded.address, ...admin });
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

  const nats = await connect({ servers: guarded.address, user: "page", pass: "p", inboxPrefix });
  const parts = { nats, prefix: "wattseal", domain: undefined, time: systemTime, log: silentLog };
  const sessions = sessionRoutes(parts);
  assert.equal((await (await sessions.request("/api/sessions")).json()).rows[0]?.transactionId, "tx-1");
  assert.equal((await (await sessions.request("/api/records/1")).json()).row.transactionId, "tx-1");
  const period = `from=${timestamp(now - 3_600_000)}&to=${timestamp(now)}`;
  const live = new LiveFleet(nats, parts);
  await live.start();
  await owner.jetstream().publish("wattseal.berlin.evse-1.status", JSON.stringify(status("online")));
  await nats.flush();
  const history = await historyRoutes({ ...parts, live }).request(`/api/meters/berlin/evse-1/history?${period}`);
  assert.ok((await history.json()).points.length > 0);
  live.stop();
  await nats.close();
  await owner.close();
});
