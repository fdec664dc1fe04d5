import assert from "node:assert/strict";
import { systemTime } from "../../src/base/time.ts";
import { NobodyThereError } from "../../src/client/mod.ts";
import { NatsLink } from "../../src/everest/mod.ts";
import { connectPatiently } from "../../src/nats/mod.ts";
import { Logged } from "../nats/logged.ts";
import { startNatsServer } from "../support/nats_server.ts";
import { freeAddress } from "../support/own_address.ts";

Deno.test("a process may start before its NATS server, and sends no request while it is away", async () => {
  const address = freeAddress();
  const log = new Logged();
  const ending = new AbortController();
  const deps = { log, time: systemTime };
  const link = new NatsLink(deps);
  const connecting = connectPatiently("test", { servers: [address] }, { ...deps, signal: ending.signal });
  const away = async () =>
    await assert.rejects(
      link.request("a"),
      (error) =>
        error instanceof NobodyThereError && /^Cannot send a request to a: NATS is not connected$/.test(error.message),
    );
  await log.seen(/Cannot connect to NATS; retrying/);
  await away();
  await using server = await startNatsServer({ address, jetstream: false });
  link.use(await connecting ?? assert.fail());
  const received: string[] = [];
  const serving = (async () => {
    for await (const { data, reply = "" } of link.subscribe("a")) {
      received.push(new TextDecoder().decode(data));
      link.publish(reply, "answer");
    }
  })();
  const ask = async (text: string) => new TextDecoder().decode((await link.request("a", text, { timeout: 5000 })).data);
  assert.equal(await ask("first"), "answer");
  await server.stop("SIGKILL");
  await log.seen(/The NATS connection is lost; reconnecting/);
  await away();
  await server.restart();
  await log.seen(/Connected to NATS again/);
  assert.equal(await ask("second"), "answer");
  assert.deepEqual(received, ["first", "second"]);
  ending.abort();
  await link.close();
  await serving;
});
