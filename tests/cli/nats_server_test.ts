import assert from "node:assert/strict";
import { join } from "node:path";
import { findNatsServer } from "../../src/cli/nats_server.ts";
import { startNatsServer } from "../support/nats_server.ts";
import { endpointOf } from "../support/own_address.ts";

Deno.test("findNatsServer prefers the program in PATH", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(join(folder, "nats-server"), "#!/bin/sh\n", { mode: 0o755 });
    const said: string[] = [];
    const env = (name: string) => name === "PATH" ? `/nowhere:${folder}` : undefined;
    assert.equal(await findNatsServer({ env, report: (line) => said.push(line) }), join(folder, "nats-server"));
    assert.deepEqual(said, []);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("findNatsServer reports how to install the program if the download fails", async () => {
  const folder = await Deno.makeTempDir();
  try {
    // A file in place of the cache folder.
    await Deno.writeTextFile(join(folder, "wattseal"), "");
    const env = (name: string) => ({ PATH: "/nowhere", XDG_CACHE_HOME: folder })[name];
    await assert.rejects(findNatsServer({ env, report: () => {} }), /apt-get install nats-server/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("startNatsServer gives each server its own address and store, and reuses both after a restart", async () => {
  await using one = await startNatsServer();
  await using other = await startNatsServer();
  assert.notEqual(one.address, other.address);
  assert.notEqual(one.storeDir, other.storeDir);
  const { address } = one;
  await one.restart();
  assert.equal(one.address, address);
  (await Deno.connect(endpointOf(address))).close();
});
