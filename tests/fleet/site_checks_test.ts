import assert from "node:assert/strict";
import { systemTime } from "../../src/base/time.ts";
import { checkHub } from "../../src/fleet/check_hub.ts";
import { openHub } from "../../src/fleet/mod.ts";
import { checkNoTransaction } from "../../src/fleet/site_checks.ts";
import { jetstreamOf } from "../../src/nats/mod.ts";
import { newClient } from "../nats/setup.ts";
import { startNatsServer } from "../support/nats_server.ts";

Deno.test("a site is not removed if its open transactions cannot be checked", async () => {
  await using server = await startNatsServer();
  await using client = await newClient(server.address);
  const retryLimit = { untilMs: systemTime.mono(), print: () => {} };
  const hub = await openHub(client, { prefix: "wattseal", domain: undefined, retryLimit });
  const of = (force: boolean) => checkNoTransaction(hub, { prefix: "wattseal", site: "berlin-01", force });
  await assert.rejects(
    of(false),
    /^FleetError: Cannot check for open transactions of berlin-01: the stream of states is missing/,
  );
  await of(true);
});

Deno.test("a hub's stream with another name is not compared with fleet setup", async () => {
  await using server = await startNatsServer();
  await using client = await newClient(server.address);
  const manager = await jetstreamOf(client, undefined);
  const external = { api: "$JS.berlin-01.API", deliver: "" };
  for (const kind of ["OCMF", "STATE"]) {
    await manager.streams.add({ name: `HUB_${kind}`, sources: [{ name: `WATTSEAL_${kind}`, external }] });
  }
  assert.deepEqual(await checkHub({ connection: client, manager, prefix: "wattseal" }), []);
});
