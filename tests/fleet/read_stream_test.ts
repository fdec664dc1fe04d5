import assert from "node:assert/strict";
import { connect } from "nats";
import { readStream } from "../../src/fleet/mod.ts";
import { neededRights } from "../../src/nats/mod.ts";
import { admin, startGuardedServer } from "../support/guarded_server.ts";

Deno.test("readStream reads thousands of states with the permissions of a viewer", async () => {
  await using server = await startGuardedServer({
    viewer: neededRights("viewer", { prefix: "wattseal", site: "*", inboxPrefix: "_INBOX_viewer" }),
  });
  const administrator = await connect({ servers: server.address, ...admin });
  const manager = await administrator.jetstreamManager();
  await manager.streams.add({ name: "WATTSEAL_STATE", subjects: ["wattseal.*.*.status"], max_msgs_per_subject: 1 });
  const subjectOf = (meter: number) => `wattseal.berlin.evse-${meter}.status`;
  for (let meter = 0; meter < 8_000; meter++) administrator.publish(subjectOf(meter), "x".repeat(500));
  await administrator.flush();
  const viewer = await connect({
    servers: server.address,
    user: "viewer",
    pass: "p",
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
  await administrator.close();
  await viewer.close();
});
