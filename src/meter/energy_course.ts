import { hourMs } from "../base/time.ts";
import type { Reading } from "./types.ts";

/** The values of a reading that show whether it can come from the same meter as the previous one. */
export type CourseValues = Pick<Reading, "energyImportWh" | "energyExportWh" | "powerW">;

/** Two steps of the coarsest usual energy register. */
const registerStepWh = 200;
/** The power between two readings can be higher than in both of them. */
const powerMargin = 2;

/** Import and export in Wh; undefined: not read. */
type Energies = readonly (number | undefined)[];

/**
 * The energies of a meter over time. The registers of a meter do not fall, and rise as far as its power explains; those of
 * another meter usually differ by more.
 */
export class EnergyCourse {
  #last: Energies | undefined;
  #lastAtMs = 0;
  #powerW = 0;

  /**
   * Whether these values come from the meter of the previous ones, as far as energies show it. The first energies do not
   * show it, and values without energies show nothing else.
   *
   * @param atMs monotonic milliseconds
   */
  isContinuedBy(values: CourseValues, atMs: number): boolean {
    const [energies, last] = [energiesOf(values), this.#last];
    if (last === undefined) return isEmpty(energies);
    const powerW = Math.max(this.#powerW, Math.abs(values.powerW?.total ?? 0));
    const riseWh = registerStepWh + powerMargin * powerW * (atMs - this.#lastAtMs) / hourMs;
    return energies.every((wh, index) => {
      const { [index]: lastWh } = last;
      return wh === undefined || lastWh === undefined || (wh >= lastWh && wh - lastWh <= riseWh);
    });
  }

  /** Adds values of the meter. */
  add(values: CourseValues, atMs: number): void {
    const energies = energiesOf(values);
    const power = values.powerW?.total;
    if (power !== undefined) this.#powerW = Math.abs(power);
    if (isEmpty(energies)) return;
    this.#last = energies;
    this.#lastAtMs = atMs;
  }
}

function energiesOf({ energyImportWh, energyExportWh }: CourseValues): Energies {
  return [energyImportWh, energyExportWh];
}

function isEmpty(energies: Energies): boolean {
  return energies.every((wh) => wh === undefined);
}
