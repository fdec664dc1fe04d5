import assert from "node:assert/strict";
import { neededRights } from "../../src/nats/needed_rights.ts";
import { streamKinds } from "../../src/nats/streams.ts";
import { silentLog } from "../../src/base/log.ts";
import { systemTime } from "../../src/base/time.ts";
import { openSpool, type Spool } from "../../src/spool/mod.ts";
import { admin, startGuardedServer, type Users } from "../support/guarded_server.ts";
import { reading } from "./fakes.ts";
import { Logged } from "./logged.ts";
import { FakeHealth, newClient, newNode } from "./setup.ts";

const inboxPrefix = "_INBOX_berlin-01";

/** A user with the permissions of a node and the permission to subscribe to one inbox. */
function withInbox(prefix: string): Users {
  const scope = { prefix: "wattseal", site: "berlin-01", inboxPrefix: prefix, creates: streamKinds };
  return { site: neededRights("node", scope) };
}

function newSiteNode(address: string, spool?: Spool) {
  const [log, health] = [new Logged(), new FakeHealth()];
  const options = { user: "site", password: "p", inboxPrefix };
  const node = newNode({ address, log, health, options, ...(spool !== undefined && { spool }) });
  return Object.assign(node, { log, health });
}

Deno.test("NatsNode receives answers below nats.inbox_prefix", async () => {
  await using server = await startGuardedServer(withInbox(inboxPrefix));
  await using node = newSiteNode(server.address);
  node.start();
  await node.connected;
  assert.equal(node.log.count(/Created a stream/), 3);
  assert.equal(node.health.message("AccessDenied"), undefined);
});

Deno.test("NatsNode receives answers below _INBOX if nats.inbox_prefix is refused, and names the missing permission", async () => {
  await using server = await startGuardedServer(withInbox("_INBOX"));
  await using node = newSiteNode(server.address);
  node.start();
  await node.connected;
  assert.equal(node.log.count(/Created a stream/), 3);
  const message = await node.health.raised("AccessDenied");
  assert.equal(
    message,
    "NATS refuses to subscribe to _INBOX_berlin-01.>, the subjects for answers, and _INBOX is used instead; add " +
      'subscribe: { allow: ["_INBOX_berlin-01.>"] } to the permissions of this user',
  );
  await using client = await newClient(server.address, admin);
  await client.request("wattseal.berlin-01.evse-1.status.get");
});

Deno.test("NatsNode changes to _INBOX and back when its permissions change", async () => {
  await using server = await startGuardedServer(withInbox(inboxPrefix));
  await using node = newSiteNode(server.address);
  node.start();
  await node.connected;
  await using client = await newClient(server.address, admin);
  await server.change(withInbox("_INBOX"));
  await node.health.raised("AccessDenied");
  await client.request("wattseal.berlin-01.evse-1.status.get");
  await server.change(withInbox(inboxPrefix));
  await node.health.cleared("AccessDenied");
  await client.request("wattseal.berlin-01.evse-1.status.get");
});

Deno.test("NatsNode receives acknowledgements of readings below _INBOX if nats.inbox_prefix is refused", async () => {
  await using server = await startGuardedServer(withInbox("_INBOX"));
  const spool = openSpool({ mode: "memory", maxAgeHours: 1, maxMb: 1, folder: "" }, {
    time: systemTime,
    log: silentLog,
  });
  await using node = newSiteNode(server.address, spool);
  node.start();
  await node.connected;
  node.publishReading("evse-1", reading);
  await node.close();
  assert.deepEqual([spool.size, spool.dropped], [0, 0]);
  spool.close();
});
