import assert from "node:assert/strict";
import { systemTime } from "../../src/base/time.ts";
import { checkHub } from "../../src/fleet/check_hub.ts";
import { openHub } from "../../src/fleet/mod.ts";
import { checkNoTransaction } from "../../src/fleet/site_checks.ts";
import { jetstreamOf } from "../../src/nats/mod.ts";
import { newClient } from "../nats/setup.ts";
import { startNatsServer } from "../support/nats_server.ts";

Deno.test("no site is removed while nobody can read whether its transactions are open", async () => {
  await using server = await startNatsServer();
  await using client = await newClient(server.address);
  const patience = { untilMs: systemTime.mono(), say: () => {} };
  const hub = await openHub(client, { prefix: "wattseal", domain: undefined, patience });
  const of = (force: boolean) => checkNoTransaction(hub, { prefix: "wattseal", site: "berlin-01", force });
  await assert.rejects(of(false), /^FleetError: cannot read whether transactions of berlin-01 are open: there is no /);
  await of(true);
});

Deno.test("a hub's stream of another name is not compared with what fleet setup makes", async () => {
  await using server = await startNatsServer();
  await using client = await newClient(server.address);
  const manager = await jetstreamOf(client, undefined);
  const external = { api: "$JS.berlin-01.API", deliver: "" };
  for (const kind of ["OCMF", "STATE"]) {
    await manager.streams.add({ name: `HUB_${kind}`, sources: [{ name: `WATTSEAL_${kind}`, external }] });
  }
  assert.deepEqual(await checkHub({ connection: client, manager, prefix: "wattseal" }), []);
});
