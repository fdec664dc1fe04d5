import type { MeterModel } from "../meter_model.ts";
import { em100 } from "./em100.ts";
import { em24 } from "./em24.ts";
import { em24Ethernet } from "./em24_ethernet.ts";
import { em300 } from "./em300.ts";
import { em530 } from "./em530.ts";
import { em580 } from "./em580.ts";

/** Every series that is known, the most common ones first. */
export const meterModels: readonly MeterModel[] = [em580, em300, em530, em24, em24Ethernet, em100];

/** What a meter is that answers the registers of OCMF transactions, unless its code rules it out. */
export const assumedModel: MeterModel = em580;

/** What a meter may be that does not answer them. */
export const modelsWithoutBilling: readonly MeterModel[] = meterModels.filter(({ billing }) => billing === undefined);

/** The series of a name; undefined for undefined. */
export function modelNamed(name: string | undefined): MeterModel | undefined {
  return meterModels.find((model) => model.name === name);
}

/** The series that lists an identification code. */
export function modelOfCode(code: number): MeterModel | undefined {
  return meterModels.find(({ codes }) => codes.includes(code));
}
