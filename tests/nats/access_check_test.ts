import assert from "node:assert/strict";
import { Events } from "nats";
import { systemTime } from "../../src/base/time.ts";
import { AccessCheck } from "../../src/nats/access_check.ts";
import { neededRights } from "../../src/nats/needed_rights.ts";
import { streamKinds } from "../../src/nats/streams.ts";
import { startGuardedServer } from "../support/guarded_server.ts";
import { Logged } from "./logged.ts";
import { FakeHealth, newClient } from "./setup.ts";

const scope = { prefix: "wattseal", site: "berlin-01", inboxPrefix: "_INBOX_berlin-01" };

Deno.test("AccessCheck detects refused answers even if the machine stalls", async () => {
  const { publish, subscribe } = neededRights("node", { ...scope, creates: streamKinds });
  await using server = await startGuardedServer({ node: { publish, subscribe } });
  const { inboxPrefix } = scope;
  await using client = await newClient(server.address, { user: "node", pass: "p", inboxPrefix });
  const check = new AccessCheck({
    scope,
    health: new FakeHealth(),
    echoSubject: "wattseal.berlin-01._node.one.get",
    live: () => client,
    checkInbox: () => Promise.resolve(),
    repeat: () => {},
  }, { log: new Logged(), time: systemTime });
  void (async () => {
    for await (const { type, permissionContext } of client.status()) {
      if (type !== Events.Error || permissionContext === undefined) continue;
      const { operation, subject } = permissionContext;
      check.denied({ operation: operation === "publish" ? "publish" : "subscribe", subject });
    }
  })();
  const checked = check.connected(client);
  standStill(3_000);
  await checked;
  await client.close();
  check.close();
  assert.match(
    check.problems.join("\n"),
    /^NATS refuses to publish answers to requests; .*; add allow_responses: .*user$/,
  );
});

/** Blocks this process. */
function standStill(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
