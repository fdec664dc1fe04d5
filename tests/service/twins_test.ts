import assert from "node:assert/strict";
import { join } from "node:path";
import { connect } from "nats";
import { silentLog } from "../../src/base/log.ts";
import { loadConfig } from "../../src/config/mod.ts";
import { Service } from "../../src/service.ts";
import { SimulatedLine, SimulatedMeter } from "../../src/simulator/mod.ts";
import { CrashingService } from "../crash/crashing_service.ts";
import { startNatsServer } from "../support/nats_server.ts";
import { ask, askUntilOk, openSite } from "../support/site.ts";
import { startBody } from "../crash/start_body.ts";

Deno.test("two stations with the same image: every stop reaches the station of its start, and the other station takes over", async () => {
  await using server = await startNatsServer();
  await using parts = new AsyncDisposableStack();
  const client = await connect({ servers: server.address });
  parts.defer(() => client.close());
  const meters = ["AAAA1111", "BBBB2222"].map((serialNumber, place) =>
    new SimulatedMeter({ unit: 1, serialNumber, seed: place + 1 })
  );
  const stops: (() => Promise<void>)[] = [];
  for (const meter of meters) {
    const folder = await Deno.makeTempDir({ prefix: "wattseal-test-" });
    parts.defer(() => Deno.remove(folder, { recursive: true }));
    const line = parts.use(SimulatedLine.open([meter], { paced: false, linkPath: join(folder, "meter") }));
    const text = `site: test
nats: { servers: ["${server.address}"] }
clock: { require_sync: false }
lines: [{ name: l, serial_port: ${line.path}, baudrate: 115200, initial_timeout_ms: 10000, meters: [{ name: evse-1 }] }]
`;
    const settings = loadConfig(text, { path: join(folder, "site.yaml"), env: () => undefined });
    const service = await Service.start(settings, { log: silentLog });
    let stopped: Promise<void> | undefined;
    const stop = () => stopped ??= service.stop();
    parts.defer(stop);
    await service.metersTried;
    stops.push(stop);
  }

  for (let number = 0; number < 20; number++) {
    const id = `tx-${number}`;
    const start = await askUntilOk(client, 1, "transaction.start", startBody(id));
    const stop = await ask(client, 1, "transaction.stop", { transaction_id: id });
    assert.deepEqual([start.status, stop.status, stop.code], ["OK", "OK", undefined], String(stop.error));
  }
  const status = async () => await ask(client, 1, "status.get", {}) as { readonly meter_id?: string };
  assert.match((await status()).meter_id ?? "", /^AAAA1111/);
  const { streams } = await client.jetstreamManager();
  const fault = await streams.getMessage("WATTSEAL_STATE", { last_by_subj: "wattseal.test._node.fault.DuplicateSite" });
  assert.equal(fault.json<{ active: boolean }>().active, true);

  const cleared = client.subscribe("wattseal.test._node.fault.DuplicateSite");
  await client.flush();
  await stops[0]?.();
  for await (const message of cleared) if (!message.json<{ active: boolean }>().active) break;
  let answer: { readonly meter_id?: string } | undefined;
  while (answer === undefined) answer = await status().catch(() => undefined);
  assert.match(answer.meter_id ?? "", /^BBBB2222/);
});

Deno.test("a service that was killed serves again at once, and names the process that it replaces", async () => {
  await using site = await openSite({ meters: [new SimulatedMeter({ unit: 1 })] });
  const log = join(site.folder, "log");
  const instance = async () => {
    const answer = await site.client.request("wattseal.test._node.instance.get", undefined, { timeout: 30_000 });
    return answer.json<Record<string, unknown>>();
  };
  await using first = new CrashingService(site.config, log);
  await first.ready;
  const before = await instance();
  await first.kill();
  await using second = new CrashingService(site.config, log);
  await second.ready;
  const after = await instance();
  assert.deepEqual([after["replaces"], after["state"]], [before["instance"], "active"]);
  assert.equal((await askUntilOk(site.client, 1, "transaction.start", startBody("tx-1"))).status, "OK");
  assert.equal((await ask(site.client, 1, "transaction.stop", { transaction_id: "tx-1" })).status, "OK");
  assert.doesNotMatch(await Deno.readTextFile(log), /meters with the same names/);
});
