import type { MeterModel } from "../meter_model.ts";
import { em100 } from "./em100.ts";
import { em24 } from "./em24.ts";
import { em24Ethernet } from "./em24_ethernet.ts";
import { em300 } from "./em300.ts";
import { em530 } from "./em530.ts";
import { em580 } from "./em580.ts";

/** All known series, the most common ones first. */
export const meterModels: readonly MeterModel[] = [em580, em300, em530, em24, em24Ethernet, em100];

/** The model of a meter that answers at the registers of OCMF transactions, unless its code excludes it. */
export const assumedModel: MeterModel = em580;

/** The possible models of a meter that does not answer at them. */
export const modelsWithoutBilling: readonly MeterModel[] = meterModels.filter(({ billing }) => billing === undefined);

/** The series with a name; undefined for undefined. */
export function modelNamed(name: string | undefined): MeterModel | undefined {
  return meterModels.find((model) => model.name === name);
}

/** The series that lists an identification code. */
export function modelOfCode(code: number): MeterModel | undefined {
  return meterModels.find(({ codes }) => codes.includes(code));
}
