import type { Log } from "../base/log.ts";
import { serialNumberIn } from "../base/meter_names.ts";

/**
 * Message ids of readings: the id of the meter and the time. A stream stores only one message with an id, so readings
 * of two meters with the same id would replace each other: the id of the second meter also contains its name. A meter
 * without a serial number uses its name as its id. Meters of other sites may have the same name, so that id contains
 * the site.
 */
export class ReadingIds {
  readonly #site: string;
  readonly #log: Log;
  /** The id of each meter that has published, by name, in the order of the first readings. */
  readonly #meterIds = new Map<string, string>();

  /** @param site unique among all processes whose readings go to one stream */
  constructor(site: string, log: Log) {
    this.#site = site;
    this.#log = log;
  }

  of(
    name: string,
    { meter_id: meterId, timestamp }: { readonly meter_id: string; readonly timestamp: string },
  ): string {
    if (serialNumberIn(meterId) === name) return `${meterId}:${timestamp}:${this.#site}`;
    const isNew = this.#meterIds.get(name) !== meterId;
    if (isNew) this.#meterIds.set(name, meterId);
    const first = this.#firstWith(meterId);
    if (first === name) return `${meterId}:${timestamp}`;
    if (isNew) {
      this.#log.warn(
        "Two meters have the same id: a meter was moved, it answers under two names, or both have the same serial " +
          "number; check unit ids and wiring",
        { meter: name, other: first, meter_id: meterId },
      );
    }
    return `${meterId}:${timestamp}:${name}`;
  }

  /** A meter publishes no more readings: another name may belong to the same meter now. */
  remove(name: string): void {
    this.#meterIds.delete(name);
  }

  #firstWith(meterId: string): string | undefined {
    return this.#meterIds.entries().find(([, id]) => id === meterId)?.[0];
  }
}
