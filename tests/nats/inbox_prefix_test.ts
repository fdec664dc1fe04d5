import { startNatsServer } from "../support/nats_server.ts";
import { newNode } from "./setup.ts";
import { Logged } from "./logged.ts";

const config = `authorization { users: [
  { user: site, password: p, permissions: { publish: ">", subscribe: {
    allow: [">"], deny: ["_INBOX.>"]
  } } },
] }`;
const user = { user: "site", password: "p" };

Deno.test("NatsNode gets its answers below nats.inbox_prefix", async () => {
  await using server = await startNatsServer({ config });
  const log = new Logged();
  await using node = newNode({
    address: server.address,
    log,
    options: { ...user, inboxPrefix: "_INBOX_berlin-01" },
  });
  node.start();
  await log.seen(/created a stream.*WATTSEAL_STATE/);
});
