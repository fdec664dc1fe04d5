import type { NatsConnection } from "nats";
import { systemTime, type Time } from "../../../src/base/time.ts";
import { PublishedFleet } from "../../support/published_fleet.ts";

/** Size of a fleet that does not exist. */
export interface FleetSize {
  readonly sites: number;
  readonly metersOfSite: number;
}

/** Readings are published in steps of this length. */
const stepMs = 100;
/** A node reports its status three times in its time to live. */
const statusMs = 30_000;

/** Publishes the states of a fleet, and then readings at a constant rate. */
export class SyntheticFleet {
  readonly #fleet: PublishedFleet;
  readonly #nats: NatsConnection;
  readonly #size: FleetSize;
  readonly #time: Time;
  #published = 0;

  constructor(nats: NatsConnection, size: FleetSize, time: Time = systemTime) {
    this.#nats = nats;
    this.#fleet = new PublishedFleet(nats);
    this.#size = size;
    this.#time = time;
  }

  /** The names of all meters in the order of the page: `site-1 evse-1`. */
  get names(): string[] {
    return Array.from({ length: this.#size.sites * this.#size.metersOfSite }, (_, index) => {
      const { site, meter } = this.#place(index);
      return `${site} ${meter}`;
    });
  }

  /** Number of readings so far. */
  get published(): number {
    return this.#published;
  }

  /** Publishes the status of each meter and each node. */
  async publishStates(): Promise<void> {
    const { sites, metersOfSite } = this.#size;
    for (let index = 0; index < sites * metersOfSite; index++) {
      const { site, meter } = this.#place(index);
      this.#fleet.status(site, meter);
      if (index % 1_000 === 0) await this.#nats.flush();
    }
    this.#publishNodes();
    await this.#nats.flush();
  }

  /** Publishes readings of the meters in turn until the signal is aborted. */
  async publishReadings(perSecond: number, signal: AbortSignal): Promise<void> {
    const beganMs = this.#time.mono();
    let nextStatusMs = statusMs;
    const all = this.#size.sites * this.#size.metersOfSite;
    while (!signal.aborted) {
      const passedMs = this.#time.mono() - beganMs;
      for (const due = Math.floor(passedMs * perSecond / 1000); this.#published < due; this.#published++) {
        const { site, meter } = this.#place(this.#published % all);
        this.#fleet.reading(site, meter, 1_000 + this.#published % 10_000);
      }
      if (passedMs >= nextStatusMs) {
        nextStatusMs += statusMs;
        this.#publishNodes();
      }
      await this.#time.sleep(stepMs, signal);
    }
    await this.#nats.flush();
  }

  #publishNodes(): void {
    for (let site = 0; site < this.#size.sites; site++) {
      const meters = Array.from({ length: this.#size.metersOfSite }, (_, meter) => `evse-${meter + 1}`);
      this.#fleet.node(`site-${site + 1}`, meters);
    }
  }

  #place(index: number): { readonly site: string; readonly meter: string } {
    const { metersOfSite } = this.#size;
    return {
      site: `site-${Math.floor(index / metersOfSite) + 1}`,
      meter: `evse-${index % metersOfSite + 1}`,
    };
  }
}
