import type { Log } from "../base/log.ts";
import { serialNumberIn } from "../base/meter_id.ts";

/**
 * Message ids of readings: the meter's id and the time. A stream keeps one message of an id, so that two meters with one
 * id would take each other's readings away: of these the later ones have their name in it as well. A meter without a
 * serial number has its name as id, which meters of other sites may have, too: it has the site in it.
 */
export class ReadingIds {
  readonly #site: string;
  readonly #log: Log;
  /** The id of each meter that has published, by its name, in the order of their first readings. */
  readonly #meterIds = new Map<string, string>();

  /** @param site unlike that of every other process whose readings a stream takes */
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
        "a meter has the same id as another one: the meter was moved, it answers under two names, or both have no serial " +
          "number of their own; check unit ids and wiring",
        { meter: name, other: first, meter_id: meterId },
      );
    }
    return `${meterId}:${timestamp}:${name}`;
  }

  #firstWith(meterId: string): string | undefined {
    return this.#meterIds.entries().find(([, id]) => id === meterId)?.[0];
  }
}
