import assert from "node:assert/strict";
import { join } from "node:path";
import { loadConfig } from "../../src/config/mod.ts";
import { connectOnce } from "../../src/nats/mod.ts";
import { ConfiguredServer } from "../support/nats_config_file.ts";
import { startNatsServer } from "../support/nats_server.ts";
import { ownHost } from "../support/own_address.ts";
import { runCommand } from "../support/run_command.ts";
import { holds, makeSiteStreams } from "./site_streams.ts";

Deno.test("fleet site add in operator mode: an edge server with its files delivers messages to the hub", async () => {
  const work = await Deno.makeTempDir({ prefix: "wattseal-site-" });
  const operator = join(work, "operator");
  assert.equal((await runCommand(["fleet", "operator", "create", "--folder", operator])).code, 0);
  const leafs = `${ownHost()}:7422`;
  const accounts = await Deno.readTextFile(join(operator, "accounts.conf"));
  await using hub = await startNatsServer({
    jetstream: "domain: hub",
    config: `server_name: hub\nleafnodes { listen: "${leafs}" }\n${accounts}`,
  });
  const creds = ["--creds", join(operator, "administrator.creds")];
  const run = (...args: string[]) => runCommand(["fleet", ...args, "--server", hub.address, ...creds]);
  assert.equal((await run("setup", "--topology", "hub")).code, 0);
  const listen = `${ownHost()}:4222`;
  const added = await run(
    ...["site", "add", "berlin-01", "--operator", operator, "--folder", work, "--leaf", `nats-leaf://${leafs}`],
    ...["--edge-listen", listen, "--edge-store", join(work, "store")],
  );
  assert.equal(added.code, 0, added.err);
  const folder = join(work, "berlin-01");
  const path = join(folder, "site.yaml");
  const { nats } = loadConfig(await Deno.readTextFile(path), { path, env: () => undefined });
  {
    await using _edge = await ConfiguredServer.start("edge.conf", {}, folder);
    const service = await connectOnce("test", nats);
    await makeSiteStreams(
      { manager: await service.jetstreamManager({ checkAPI: false, timeout: 30_000 }) },
      "berlin-01",
    );
    await service.jetstream().publish("wattseal.berlin-01.m.ocmf", "{}");
    await assert.rejects(service.request("wattseal.hamburg.m.status.get"), /Permissions Violation/);
    const administrator = await connectOnce("test", {
      servers: [hub.address],
      credentialsFile: join(operator, "administrator.creds"),
    });
    const manager = await administrator.jetstreamManager({ checkAPI: false, timeout: 30_000 });
    await holds(manager, "WATTSEAL_OCMF", 1);
    await Promise.all([service.close(), administrator.close()]);
  }
  await Deno.remove(work, { recursive: true });
});

Deno.test("fleet site add without edges: the service gets credentials for these servers, and no source is created", async () => {
  const work = await Deno.makeTempDir({ prefix: "wattseal-site-" });
  const operator = join(work, "operator");
  assert.equal((await runCommand(["fleet", "operator", "create", "--folder", operator])).code, 0);
  await using server = await startNatsServer({ config: await Deno.readTextFile(join(operator, "accounts.conf")) });
  const creds = ["--creds", join(operator, "administrator.creds"), "--server", server.address];
  assert.equal((await runCommand(["fleet", "setup", "--topology", "single", ...creds])).code, 0);
  const added = await runCommand(
    ["fleet", "site", "add", "berlin-01", "--operator", operator, "--folder", work, ...creds],
  );
  assert.equal(added.code, 0, added.err);
  assert.match(added.out, /^keep +source of WATTSEAL_OCMF +not needed: nodes publish to these servers$/m);
  const path = join(work, "berlin-01", "site.yaml");
  const { nats, streams } = loadConfig(await Deno.readTextFile(path), { path, env: () => undefined });
  assert.deepEqual([nats.servers, streams.scope], [[server.address], "all"]);
  const service = await connectOnce("test", nats);
  const { stream } = await service.jetstream().publish("wattseal.berlin-01.m.ocmf", "{}", { timeout: 30_000 });
  assert.equal(stream, "WATTSEAL_OCMF");
  await assert.rejects(service.request("wattseal.hamburg.m.status.get"), /Permissions Violation/);
  await service.close();
  await Deno.remove(work, { recursive: true });
});
