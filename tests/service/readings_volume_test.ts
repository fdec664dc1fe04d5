import assert from "node:assert/strict";
import { silentLog } from "../../src/base/log.ts";
import { loadConfig, readingsVolume } from "../../src/config/mod.ts";
import { Service } from "../../src/service.ts";
import { SimulatedMeter } from "../../src/simulator/mod.ts";
import { openSite } from "../support/site.ts";

Deno.test("readingsVolume is close to the real size of the readings of a signing meter in their stream", async () => {
  await using site = await openSite({
    meters: [new SimulatedMeter({ unit: 1 })],
    meterKeys: "live_measurement_interval_ms: 500",
    topKeys: "streams: { scope: site }\n",
  });
  const settings = loadConfig(await Deno.readTextFile(site.config), { path: site.config, env: () => undefined });
  const readings = site.client.subscribe("wattseal.test.evse-1.reading", { max: 3 });
  const service = await Service.start(settings, { log: silentLog });
  try {
    for await (const _reading of readings);
    const manager = await site.client.jetstreamManager();
    let info = await manager.streams.info("WATTSEAL_READINGS");
    while (info.state.messages < 3) info = await manager.streams.info("WATTSEAL_READINGS");
    const { storedBytes, limitBytes } = readingsVolume(settings);
    // The key of the simulated meter is shorter than the key in the estimate.
    const ratio = info.state.bytes / info.state.messages / storedBytes;
    assert.ok(ratio > 0.8 && ratio < 1.05, `a reading takes ${ratio} of the estimate`);
    assert.ok(info.config.max_bytes > 0 && info.config.max_bytes <= Math.floor(limitBytes));
  } finally {
    await service.stop();
  }
});
