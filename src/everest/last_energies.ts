import type { Time } from "../base/time.ts";
import type { PowermeterPayload } from "../contract/mod.ts";

/** Energies that were read together. */
export interface Energies {
  readonly energy_Wh_import: NonNullable<PowermeterPayload["energy_Wh_import"]>;
  readonly energy_Wh_export?: NonNullable<PowermeterPayload["energy_Wh_export"]>;
}

/**
 * The energies for each reading of a meter. EVerest needs the imported energy in every message, but a meter may be
 * configured to read it less often. Import and export of one message were always read together.
 */
export class LastEnergies {
  readonly #maxAgeMs: number;
  readonly #time: Pick<Time, "mono">;
  #last: { readonly energies: Energies; readonly takenAtMs: number; readonly receivedAtMs: number } | undefined;

  /** @param maxAgeMs age from which the last energies are not repeated; 0: never */
  constructor(maxAgeMs: number, time: Pick<Time, "mono">) {
    this.#maxAgeMs = maxAgeMs;
    this.#time = time;
  }

  /** The energies of a reading, or the last ones while they are younger; undefined: there are none. */
  of(reading: PowermeterPayload): Energies | undefined {
    const { energy_Wh_import: imported, energy_Wh_export: exported } = reading;
    const takenAtMs = Date.parse(reading.timestamp);
    const receivedAtMs = this.#time.mono();
    if (imported !== undefined) {
      const energies = { energy_Wh_import: imported, ...(exported !== undefined && { energy_Wh_export: exported }) };
      this.#last = { energies, takenAtMs, receivedAtMs };
      return energies;
    }
    if (this.#last === undefined) return undefined;
    // A clock that is set back must not make old energies young
    const ageMs = Math.max(takenAtMs - this.#last.takenAtMs, receivedAtMs - this.#last.receivedAtMs);
    return ageMs < this.#maxAgeMs ? this.#last.energies : undefined;
  }
}
