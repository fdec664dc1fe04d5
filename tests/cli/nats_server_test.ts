import assert from "node:assert/strict";
import { join } from "node:path";
import { findNatsServer } from "../../src/cli/nats_server.ts";
import { startNatsServer } from "../support/nats_server.ts";
import { endpointOf } from "../support/own_address.ts";

Deno.test("findNatsServer takes the program in PATH first", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(join(folder, "nats-server"), "#!/bin/sh\n", { mode: 0o755 });
    const said: string[] = [];
    const env = (name: string) => name === "PATH" ? `/nowhere:${folder}` : undefined;
    assert.equal(await findNatsServer({ env, say: (line) => said.push(line) }), join(folder, "nats-server"));
    assert.deepEqual(said, []);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("findNatsServer says how to install it where it cannot be fetched", async () => {
  const folder = await Deno.makeTempDir();
  try {
    // A file where the cache folder would have to be.
    await Deno.writeTextFile(join(folder, "wattseal"), "");
    const env = (name: string) => ({ PATH: "/nowhere", XDG_CACHE_HOME: folder })[name];
    await assert.rejects(findNatsServer({ env, say: () => {} }), /apt-get install nats-server/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("startNatsServer gives each server an address and a store of its own and comes back on both", async () => {
  await using one = await startNatsServer();
  await using other = await startNatsServer();
  assert.notEqual(one.address, other.address);
  assert.notEqual(one.storeDir, other.storeDir);
  const { address } = one;
  await one.restart();
  assert.equal(one.address, address);
  (await Deno.connect(endpointOf(address))).close();
});
