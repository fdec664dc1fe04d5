import { connect } from "nats";
import { streamConfig } from "../../../src/nats/mod.ts";
import { startNatsServer } from "../../support/nats_server.ts";
import { SyntheticFleet } from "./synthetic_fleet.ts";

/** A NATS server with a fleet of 10,000 meters. */
export interface FleetServer extends AsyncDisposable {
  /** `127.0.0.1:4222` */
  readonly address: string;
  readonly fleet: SyntheticFleet;
}

/** Starts the server, and publishes the states of the meters; `await using` stops it. */
export async function startFleetServer(): Promise<FleetServer> {
  await using parts = new AsyncDisposableStack();
  const { address } = parts.use(await startNatsServer());
  const nats = await connect({ servers: address });
  parts.defer(() => nats.close());
  const manager = await nats.jetstreamManager();
  await manager.streams.add(streamConfig("wattseal", "state", { enabled: true, replicas: 1, maxAgeDays: 0 }));
  const fleet = new SyntheticFleet(nats, { sites: 100, metersOfSite: 100 });
  await fleet.publishStates();
  const owned = parts.move();
  return { address, fleet, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}
