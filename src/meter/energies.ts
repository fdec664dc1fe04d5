import type { Field } from "./codec.ts";
import { decode, decodeField, hex, wordsOf } from "./codec.ts";
import type { Complaints } from "./complaints.ts";
import { energyReads } from "./read_plan.ts";
import type { RegisterAccess } from "./register_access.ts";
import { em300Energy, em580Energy } from "./registers.ts";
import type { Family, Reading } from "./types.ts";

/**
 * Reads both energies, in whole Wh. One beyond 2^53 Wh, which a number cannot tell without rounding, is left out.
 *
 * @throws {LineError} no usable answer
 * @throws {ModbusError} the meter refused
 */
export async function readEnergies(
  registers: RegisterAccess,
  family: Family,
  complaints: Complaints,
): Promise<Pick<Reading, "energyImportWh" | "energyExportWh">> {
  const reads = energyReads(family, registers.cost);
  if (family === "em300") {
    const parts = decode(em300Energy, await registers.gather(em300Energy, reads));
    return {
      energyImportWh: parts.importKwh * 1000 + parts.importWhPart,
      energyExportWh: parts.exportKwh * 1000 + parts.exportWhPart,
    };
  }
  const bytes = await registers.gather(em580Energy, reads);
  const energyImportWh = exactEnergy(em580Energy.fields.importWh, bytes, complaints);
  const energyExportWh = exactEnergy(em580Energy.fields.exportWh, bytes, complaints);
  return {
    ...(energyImportWh === undefined ? {} : { energyImportWh }),
    ...(energyExportWh === undefined ? {} : { energyExportWh }),
  };
}

function exactEnergy(field: Field, block: Uint8Array, complaints: Complaints): number | undefined {
  const what = `energy at ${hex(field.at)}h`;
  const offset = (field.at - em580Energy.start) * 2;
  try {
    const energyWh = Number(decodeField(field, block.subarray(offset, offset + wordsOf(field) * 2)));
    complaints.worked(what);
    return energyWh;
  } catch (error) {
    complaints.failed(what, error);
    return undefined;
  }
}
