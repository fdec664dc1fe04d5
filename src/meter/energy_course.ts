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
 * The energies of a meter over time. The registers of a meter do not fall, and rise as far as its power explains. Those of
 * another meter are usually lower, or higher by more.
 */
export class EnergyCourse {
  #last: Energies | undefined;
  #lastAtMs = 0;
  /** The highest power since the last energies. */
  #powerW = 0;

  /**
   * Whether these values come from the meter of the previous ones, as far as energies show it. The first energies do not
   * show it. Values without energies count as continuing.
   *
   * @param atMs monotonic milliseconds
   */
  isContinuedBy(values: CourseValues, atMs: number): boolean {
    const [energies, last] = [energiesOf(values), this.#last];
    if (last === undefined) return isEmpty(energies);
    const powerW = Math.max(this.#powerW, powerOf(values));
    const riseWh = registerStepWh + powerMargin * powerW * (atMs - this.#lastAtMs) / hourMs;
    return energies.every((wh, index) => {
      const { [index]: lastWh } = last;
      return wh === undefined || lastWh === undefined || (wh >= lastWh && wh - lastWh <= riseWh);
    });
  }

  /** Adds values of the meter. */
  add(values: CourseValues, atMs: number): void {
    const energies = energiesOf(values);
    this.#powerW = Math.max(isEmpty(energies) ? this.#powerW : 0, powerOf(values));
    if (isEmpty(energies)) return;
    this.#last = energies;
    this.#lastAtMs = atMs;
  }
}

function energiesOf({ energyImportWh, energyExportWh }: CourseValues): Energies {
  return [energyImportWh, energyExportWh];
}

/** Some meters count the energy of each phase, so that import and export of two phases do not cancel each other. */
function powerOf({ powerW: { total = 0, L1 = 0, L2 = 0, L3 = 0 } = {} }: CourseValues): number {
  return Math.max(Math.abs(total), Math.abs(L1) + Math.abs(L2) + Math.abs(L3));
}

function isEmpty(energies: Energies): boolean {
  return energies.every((wh) => wh === undefined);
}
