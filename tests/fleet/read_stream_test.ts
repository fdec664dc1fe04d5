import assert from "node:assert/strict";
import { connect } from "nats";
import { readStream } from "../../src/fleet/mod.ts";
import { neededRights } from "../../src/nats/mod.ts";
import { startNatsServer } from "../support/nats_server.ts";

Deno.test("readStream reads thousands of states with the rights of a viewer", async () => {
  const { publish, subscribe } = neededRights("viewer", {
    prefix: "wattseal",
    site: "*",
    inboxPrefix: "_INBOX_viewer",
  });
  const permissions = JSON.stringify({ publish: { allow: publish }, subscribe: { allow: subscribe } });
  await using server = await startNatsServer({
    config:
      `authorization { users: [{ user: admin, password: a }, { user: viewer, password: v, permissions: ${permissions} }] }`,
  });
  const admin = await connect({ servers: server.address, user: "admin", pass: "a" });
  const manager = await admin.jetstreamManager();
  await manager.streams.add({ name: "WATTSEAL_STATE", subjects: ["wattseal.*.*.status"], max_msgs_per_subject: 1 });
  const subjectOf = (meter: number) => `wattseal.berlin.evse-${meter}.status`;
  for (let meter = 0; meter < 8_000; meter++) admin.publish(subjectOf(meter), "x".repeat(500));
  await admin.flush();
  const viewer = await connect({
    servers: server.address,
    user: "viewer",
    pass: "v",
    inboxPrefix: "_INBOX_viewer",
  });
  const slice = { stream: "WATTSEAL_STATE", api: "$JS.API", filter: "wattseal.*.*.status", last: true };
  const subjects = new Set<string>();
  const ages: number[] = [];
  await readStream(viewer, slice, ({ subject, ageMs }) => {
    subjects.add(subject);
    ages.push(ageMs);
  });
  assert.equal(subjects.size, 8_000);
  assert.ok(ages.every((age) => age >= 0 && age < 60_000));
  const { serverMs } = await readStream(viewer, { ...slice, filter: "wattseal.bonn.*.status" }, () => assert.fail());
  assert.ok(Math.abs(serverMs - Date.now()) < 60_000);
  await admin.close();
  await viewer.close();
});
