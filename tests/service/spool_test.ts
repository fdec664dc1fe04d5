import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { join } from "node:path";
import { systemTime } from "../../src/base/time.ts";
import { SimulatedMeter } from "../../src/simulator/mod.ts";
import { openSite, type Site } from "../support/site.ts";
import { CommandProcess } from "../support/start_process.ts";

function spooled(site: Site): string[] {
  using db = new DatabaseSync(join(site.folder, "state", "spool.db"), { readOnly: true });
  return db.prepare("SELECT message_id FROM readings ORDER BY taken_at").all().map((row) => String(row["message_id"]));
}

async function published(site: Site): Promise<string[]> {
  const manager = await site.client.jetstreamManager();
  const { state } = await manager.streams.info("WATTSEAL_READINGS");
  const ids: string[] = [];
  for (let seq = state.first_seq; seq <= state.last_seq; seq++) {
    const { header } = await manager.streams.getMessage("WATTSEAL_READINGS", { seq });
    ids.push(header.get("Nats-Msg-Id"));
  }
  return ids;
}

Deno.test("start publishes readings that a killed process stored in the spool while NATS was not reachable", async () => {
  await using site = await openSite({
    meters: [new SimulatedMeter({ unit: 1 }), new SimulatedMeter({ unit: 2 })],
    meterKeys: "live_measurement_interval_ms: 500",
  });
  const waiting = await (async () => {
    await using service = new CommandProcess(["start", "--config", site.config]);
    await service.line("ready");
    await site.server.stop();
    while (spooled(site).length < 8) await systemTime.sleep(100);
    service.signal("SIGKILL");
    await service.ended();
    return spooled(site);
  })();
  await site.server.restart();
  await using service = new CommandProcess(["start", "--config", site.config]);
  await service.line("ready");
  while (spooled(site).length > 0) await systemTime.sleep(100);
  const ids = await published(site);
  assert.deepEqual(waiting.filter((id) => !ids.includes(id)), []);
  assert.equal(new Set(ids).size, ids.length);
  service.signal("SIGTERM");
  assert.equal((await service.ended()).code, 0);
});
