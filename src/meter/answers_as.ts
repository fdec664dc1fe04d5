import type { MeterModel } from "./meter_model.ts";
import { energyFields, liveReads, planReads } from "./read_plan.ts";
import { believeSecondRefusal, isRefusal } from "./refusal.ts";
import type { RegisterAccess } from "./register_access.ts";

/** Whether a meter answers the live values and one kind of energies of a model. */
export async function answersAs(registers: RegisterAccess, model: MeterModel): Promise<boolean> {
  try {
    for (const { start, words } of liveReads(model)) {
      await believeSecondRefusal(() => registers.read(start, words));
    }
  } catch (error) {
    if (isRefusal(error)) return false;
    throw error;
  }
  for (const energies of model.energies) {
    const reads = planReads(energyFields(energies), () => 1, model);
    try {
      await believeSecondRefusal(() => registers.gather(reads));
      return true;
    } catch (error) {
      if (!isRefusal(error)) throw error;
    }
  }
  return false;
}
