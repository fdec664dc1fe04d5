import { fleetStreams, siteSource } from "../../src/fleet/stream_plan.ts";
import type { Hub } from "./hub.ts";

/** Creates the hub's streams like `fleet setup`, with the streams of each site as sources. */
export async function addHubStreams(hub: Hub, sites: readonly string[]): Promise<void> {
  const manager = await hub.client.jetstreamManager();
  const options = { prefix: "wattseal", topology: "hub", readings: "all", readingsMaxAgeDays: 7 } as const;
  for (const [kind, config] of fleetStreams({ ...options, replicas: hub.servers.length })) {
    const sources = sites.map((site) => siteSource({ kind, prefix: "wattseal", site, domain: site }));
    await manager.streams.add({ ...config, sources });
  }
}
