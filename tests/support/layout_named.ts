import type { MeterLayout } from "../../src/meter/mod.ts";
import { modelNamed } from "./model_registers.ts";

/** The layout of a meter with all registers of a model. */
export function layoutNamed(name: string): MeterLayout {
  const model = modelNamed(name);
  return { model, energies: model.energies[0], wordOrder: "low_first" };
}
