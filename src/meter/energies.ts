import { hex } from "../base/hex.ts";
import { type Field } from "./codec.ts";
import type { ReadFailures } from "./read_failures.ts";
import type { ReadWords } from "./read_words.ts";
import { group } from "./live_values.ts";
import { measuredInteger } from "./measured_value.ts";
import type { MeterLayout } from "./meter_model.ts";
import { energyReads } from "./read_plan.ts";
import type { RegisterAccess } from "./register_access.ts";
import { isRefusal } from "./refusal.ts";
import type { ExtendedReading, Reading } from "./types.ts";

/** Both energies, and those of the phases if requested. */
interface Energies extends Pick<Reading, "energyImportWh" | "energyExportWh"> {
  readonly byPhase?: Pick<ExtendedReading, "energyImportByPhaseWh">;
}

/**
 * Reads both energies in whole Wh. Omits an energy that is over its range, or beyond 2^53 Wh, where a number would be
 * rounded.
 *
 * @throws {LineError} no usable answer
 * @throws {ModbusError} the meter refused
 */
export async function readEnergies(
  registers: RegisterAccess,
  layout: MeterLayout,
  readFailures: ReadFailures,
  withPhases: boolean,
): Promise<Energies> {
  const { energies } = layout;
  if (energies === undefined) return {};
  const { words, hasPhases } = await gatherEnergies(registers, layout, readFailures, withPhases);
  const energyImportWh = exactEnergy(layout, energies.importWh, words, readFailures);
  const energyExportWh = exactEnergy(layout, energies.exportWh, words, readFailures);
  return {
    ...(energyImportWh === undefined ? {} : { energyImportWh }),
    ...(energyExportWh === undefined ? {} : { energyExportWh }),
    ...(hasPhases ? { byPhase: phaseEnergies(layout, words, readFailures) } : {}),
  };
}

/** Energies of the phases are optional: if the meter refuses them, the total energies are still read. */
async function gatherEnergies(
  registers: RegisterAccess,
  layout: MeterLayout,
  readFailures: ReadFailures,
  withPhases: boolean,
): Promise<{ readonly words: ReadWords; readonly hasPhases: boolean }> {
  const readAll = (phases: boolean, from = registers) => from.readAll(energyReads(layout, registers.cost, phases));
  if (!withPhases || layout.energies?.importByPhaseWh === undefined) {
    return { words: await readAll(false), hasPhases: false };
  }
  const what = "energies by phase";
  try {
    // A meter without them always refuses: repeats would cost the time of readings
    const words = await readAll(true, registers.with({ repeatRefused: false }));
    readFailures.worked(what);
    return { words, hasPhases: true };
  } catch (error) {
    if (!isRefusal(error)) throw error;
    readFailures.failed(what, error);
    return { words: await readAll(false), hasPhases: false };
  }
}

function phaseEnergies(
  layout: MeterLayout,
  words: ReadWords,
  readFailures: ReadFailures,
): Pick<ExtendedReading, "energyImportByPhaseWh"> {
  const of = (field: Field | undefined) =>
    field === undefined ? undefined : exactEnergy(layout, [field], words, readFailures);
  const [L1, L2, L3] = layout.energies?.importByPhaseWh ?? [];
  return group("energyImportByPhaseWh", undefined, of(L1), of(L2), of(L3));
}

/** The sum of the fields; undefined: one of them has no value or is not exact as a number. */
function exactEnergy(
  layout: MeterLayout,
  fields: readonly Field[],
  words: ReadWords,
  readFailures: ReadFailures,
): number | undefined {
  const what = `energy at ${hex(fields[0]?.at ?? 0)}h`;
  try {
    if (fields.length === 0) return undefined;
    let energyWh = 0;
    for (const field of fields) {
      const raw = measuredInteger(layout, field, words.of(field));
      if (raw === undefined) return undefined;
      // Some series return the exported energy as a negative number
      energyWh += Math.abs(raw) * wattHours(field);
    }
    readFailures.worked(what);
    return energyWh;
  } catch (error) {
    readFailures.failed(what, error);
    return undefined;
  }
}

/** Wh per unit of the integer in the register. */
export function wattHours({ unit, exp = 0 }: Field): number {
  return 10 ** (unit === "kWh" ? exp + 3 : exp);
}
