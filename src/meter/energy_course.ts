import { hourMs } from "../base/time.ts";
import type { Reading } from "./types.ts";

/** The values of a reading that show whether it can come from the same meter as the previous one. */
export type CourseValues = Pick<Reading, "energyImportWh" | "energyExportWh" | "powerW">;

/** Two steps of the coarsest usual energy register. */
const registerStepWh = 200;
/** The power between two readings can be higher than in both of them. */
const powerMargin = 2;

/**
 * The energies of a meter over time. The registers of a meter do not fall, and rise as far as its power explains; those of
 * another meter usually differ by more.
 */
export class EnergyCourse {
  #values: CourseValues | undefined;
  #atMs = 0;
  #powerW = 0;

  /**
   * Whether these values come from the meter of the previous ones, as far as energies show it. The first energies do not
   * show it, and values without energies show nothing else.
   *
   * @param atMs monotonic milliseconds
   */
  isContinuedBy(values: CourseValues, atMs: number): boolean {
    const last = this.#values;
    if (last === undefined) return !hasEnergies(values);
    const powerW = Math.max(this.#powerW, Math.abs(values.powerW?.total ?? 0));
    const riseWh = registerStepWh + powerMargin * powerW * (atMs - this.#atMs) / hourMs;
    const continues = (beforeWh?: number, nowWh?: number) =>
      beforeWh === undefined || nowWh === undefined || (nowWh >= beforeWh && nowWh - beforeWh <= riseWh);
    return continues(last.energyImportWh, values.energyImportWh) &&
      continues(last.energyExportWh, values.energyExportWh);
  }

  /** Adds values of the meter. */
  add(values: CourseValues, atMs: number): void {
    const power = values.powerW?.total;
    if (power !== undefined) this.#powerW = Math.abs(power);
    if (!hasEnergies(values)) return;
    this.#values = values;
    this.#atMs = atMs;
  }
}

function hasEnergies({ energyImportWh, energyExportWh }: CourseValues): boolean {
  return energyImportWh !== undefined || energyExportWh !== undefined;
}
