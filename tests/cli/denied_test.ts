import assert from "node:assert/strict";
import { watch } from "../../src/cli/watch.ts";
import { startNatsServer } from "../support/nats_server.ts";
import { runCommand } from "../support/run_command.ts";

Deno.test("commands report missing permissions, and the option or user that helps", async () => {
  await using server = await startNatsServer({
    jetstream: false,
    config: `authorization { users: [{ user: u, password: p, permissions: {
      publish: ["nothing"], subscribe: ["_INBOX_u.>"] } }] }`,
  });
  const address = ["--server", `nats://u:p@${server.address}`];
  const status = ["tx", "status", "--site", "test", "--meter", "evse-1", ...address];
  const own = ["--inbox-prefix", "_INBOX_u"];

  const deaf = await runCommand(status);
  assert.equal(deaf.code, 1);
  assert.match(
    deaf.err,
    /permit this user to subscribe to _INBOX\.\S+, which is the subject for answers; set the inbox prefix of this user with --inbox-prefix$/m,
  );
  const mute = await runCommand([...status, ...own]);
  assert.equal(mute.code, 1);
  assert.match(
    mute.err,
    /permit this user to publish to wattseal\.test\.evse-1\.transaction\.status; connect as a controller/,
  );

  const audited = await runCommand(["fleet", "audit", "--site", "test", ...address, ...own]);
  assert.match(
    audited.out,
    /unreachable: .* permit this user to publish to wattseal\.test\._node\.journal\.get; connect as an administrator/,
  );

  const stop = new AbortController();
  let err = "";
  const code = await watch(
    { prefix: "wattseal", server: `nats://u:p@${server.address}`, inboxPrefix: "_INBOX_u", json: true },
    {
      out: () => {},
      err: (text) => {
        err += text;
        if (err.includes(".reading")) stop.abort();
      },
      env: () => undefined,
      isTerminal: false,
      terminalSize: () => undefined,
      holdTerminal: () => ({ hasKeys: false, [Symbol.dispose]: () => {} }),
      onHangup: () => {},
      interrupted: stop.signal,
    },
  );
  assert.equal(code, 130);
  assert.match(
    err,
    /^Cannot watch wattseal\.\*\.\*\.reading: .* permit this user to subscribe to .*; connect as a viewer/m,
  );
});
