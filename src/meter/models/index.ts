import type { MeterModel } from "../meter_model.ts";
import { em300 } from "./em300.ts";
import { em580 } from "./em580.ts";

/** Every series that is known. */
export const meterModels: readonly MeterModel[] = [em580, em300];

/** What a meter of an unlisted code is: it answers the registers of OCMF transactions. */
export const assumedModel: MeterModel = em580;

/** What else a meter may be. */
export const modelsWithoutBilling: readonly MeterModel[] = meterModels.filter(({ billing }) => billing === undefined);

/** The series that lists an identification code. */
export function modelOfCode(code: number): MeterModel | undefined {
  return meterModels.find(({ codes }) => codes.includes(code));
}

/** Whether meters of this code have no OCMF, so that nothing is amiss when one cannot bill. */
export function neverBills(code: number): boolean {
  const model = modelOfCode(code);
  return model !== undefined && model.billing === undefined;
}
