import { silentLog } from "../../src/base/log.ts";
import { systemTime } from "../../src/base/time.ts";
import { openSpool } from "../../src/spool/mod.ts";
import { newClient, newNode } from "../nats/setup.ts";
import { startNatsServer } from "../support/nats_server.ts";
import { settled } from "./checks.ts";
import type { Outcome } from "./outcome.ts";

const readingsEach = 60;
/** The length of a signed reading. */
const padding = "x".repeat(1000);

/** The broker restarts, and the spools of very many nodes are published at the same time. */
export async function spoolsAtOnce(nodes: number): Promise<Outcome> {
  await using server = await startNatsServer();
  await using owned = new AsyncDisposableStack();
  await server.stop();
  for (let number = 0; number < nodes; number++) {
    const spool = openSpool({ mode: "memory", maxAgeHours: 1, maxMb: 10, folder: "" }, {
      time: systemTime,
      log: silentLog,
    });
    owned.defer(() => spool.close());
    const site = `site-${number}`;
    spool.add(Array.from({ length: readingsEach }, (_, index) => readingOf(site, index)));
    owned.use(newNode({ address: server.address, options: { site }, spool })).start();
  }
  const startMs = systemTime.mono();
  await server.restart();
  await using client = await newClient(server.address);
  const manager = await client.jetstreamManager({ checkAPI: false, timeout: 30_000 });
  const wanted = nodes * readingsEach;
  const findings = await settled(async () => {
    try {
      const { state } = await manager.streams.info("WATTSEAL_READINGS");
      return state.messages === wanted ? [] : [`${state.messages} of ${wanted} readings are stored`];
    } catch (error) {
      return [`the stream of readings cannot be read: ${error}`];
    }
  }, 600_000);
  const seconds = (systemTime.mono() - startMs) / 1000;
  const perSecond = Math.round(wanted / seconds);
  return {
    findings,
    facts: [`${wanted} readings of ${nodes} nodes in ${seconds.toFixed(0)} s, ${perSecond} a second`],
  };
}

function readingOf(site: string, index: number) {
  const takenAtMs = systemTime.now() - 60_000 + index;
  const timestamp = new Date(takenAtMs).toISOString();
  return {
    meter: "evse-1",
    messageId: `${site}:${timestamp}`,
    takenAtMs,
    payload: JSON.stringify({ timestamp, meter_id: site, padding }),
  };
}
