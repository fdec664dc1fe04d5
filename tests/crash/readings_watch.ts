import type { NatsConnection } from "nats";
import { serialNumberIn } from "../../src/meter/mod.ts";
import type { SimulatedMeter } from "../../src/simulator/mod.ts";

/** Difference between the counters of two meters: more than one meter can count in a run. */
const apartWh = 100_000_000;

/** Start value of the counter of a meter, so that a value identifies the meter. */
export function energyOf(place: number): number {
  return place * apartWh;
}

/** Receives the readings of a site, and checks that each has the values of the meter that it names. */
export class ReadingsWatch {
  /** Readings with values of another meter. */
  readonly violations: string[] = [];
  /** Number of received readings. */
  count = 0;

  /** @param meters the counter of the first one begins at `energyOf(1)` */
  constructor(client: NatsConnection, meters: readonly SimulatedMeter[]) {
    client.subscribe("wattseal.test.*.reading", {
      callback: (_error, message) => {
        const { meter_id: meterId, energy_Wh_import: energy } = message.json<Reading>();
        const meter = meters[Math.floor(energy.total / apartWh) - 1];
        this.count++;
        if (meter?.serialNumber === serialNumberIn(meterId)) return;
        this.violations.push(
          `${message.subject} says ${energy.total} Wh of meter ${meterId}: ${meter?.serialNumber} has`,
        );
      },
    });
  }
}

interface Reading {
  readonly meter_id: string;
  readonly energy_Wh_import: { readonly total: number };
}
