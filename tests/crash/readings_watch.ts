import type { NatsConnection } from "nats";
import { serialNumberIn } from "../../src/meter/mod.ts";
import type { SimulatedMeter } from "../../src/simulator/mod.ts";

/** What lies between the counters of two meters: more than one counts in a run. */
const apartWh = 100_000_000;

/** Where the counter of a meter begins, so that its value tells whose it is. */
export function energyOf(place: number): number {
  return place * apartWh;
}

/** Follows the readings of a site, and looks whether each has the values of the meter that it names. */
export class ReadingsWatch {
  /** Readings that were not of the meter that they named. */
  readonly violations: string[] = [];
  /** How many readings have come. */
  count = 0;

  /** @param meters the first one's counter begins at `energyOf(1)` */
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
