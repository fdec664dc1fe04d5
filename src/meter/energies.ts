import { type Field, hex } from "./codec.ts";
import type { Complaints } from "./complaints.ts";
import type { GatheredWords } from "./gathered_words.ts";
import { measuredInteger } from "./measured_value.ts";
import type { MeterLayout } from "./meter_model.ts";
import { energyReads } from "./read_plan.ts";
import type { RegisterAccess } from "./register_access.ts";
import type { Reading } from "./types.ts";

/**
 * Reads both energies, in whole Wh. One that is over its range, or beyond 2^53 Wh, which a number cannot hold without
 * rounding, is left out.
 *
 * @throws {LineError} no usable answer
 * @throws {ModbusError} the meter refused
 */
export async function readEnergies(
  registers: RegisterAccess,
  layout: MeterLayout,
  complaints: Complaints,
): Promise<Pick<Reading, "energyImportWh" | "energyExportWh">> {
  const { energies } = layout;
  if (energies === undefined) return {};
  const words = await registers.gather(energyReads(layout, registers.cost));
  const energyImportWh = exactEnergy(layout, energies.importWh, words, complaints);
  const energyExportWh = exactEnergy(layout, energies.exportWh, words, complaints);
  return {
    ...(energyImportWh === undefined ? {} : { energyImportWh }),
    ...(energyExportWh === undefined ? {} : { energyExportWh }),
  };
}

/** The sum of the fields; undefined when one has no value, or is not exact as a number. */
function exactEnergy(
  layout: MeterLayout,
  fields: readonly Field[],
  words: GatheredWords,
  complaints: Complaints,
): number | undefined {
  const what = `energy at ${hex(fields[0]?.at ?? 0)}h`;
  try {
    let energyWh = 0;
    for (const field of fields) {
      const raw = measuredInteger(layout, field, words.of(field));
      if (raw === undefined) return undefined;
      energyWh += raw * wattHours(field);
    }
    complaints.worked(what);
    return energyWh;
  } catch (error) {
    complaints.failed(what, error);
    return undefined;
  }
}

/** Wh that the register's integer counts. */
function wattHours({ unit, exp = 0 }: Field): number {
  return 10 ** (unit === "kWh" ? exp + 3 : exp);
}
