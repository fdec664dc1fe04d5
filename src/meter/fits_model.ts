import type { MeterModel } from "./meter_model.ts";
import { energyFields, liveReads, planReads } from "./read_plan.ts";
import { isRefusal, retryRefusalOnce } from "./refusal.ts";
import { hasSerialNumber } from "./serial_number.ts";
import type { RegisterAccess } from "./register_access.ts";
import { unlessSilent } from "./silence.ts";

/** Whether a meter answers at the serial number, the live values and one kind of energies of a model. */
export async function fitsModel(registers: RegisterAccess, model: MeterModel): Promise<boolean> {
  try {
    if (!await retryRefusalOnce(() => hasSerialNumber(registers, model.serialNumber))) return false;
    for (const { start, words } of liveReads(model)) {
      const read = () => retryRefusalOnce(() => registers.read(start, words));
      if (await unlessSilent(registers, read) === undefined) return false;
    }
  } catch (error) {
    if (isRefusal(error)) return false;
    throw error;
  }
  for (const energies of model.energies) {
    const reads = planReads(energyFields(energies), () => 1, model);
    try {
      const read = () => retryRefusalOnce(() => registers.readAll(reads));
      if (await unlessSilent(registers, read) !== undefined) return true;
    } catch (error) {
      if (!isRefusal(error)) throw error;
    }
  }
  return false;
}
