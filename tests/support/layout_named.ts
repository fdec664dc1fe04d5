import type { MeterLayout } from "../../src/meter/mod.ts";
import { modelNamed } from "./model_registers.ts";

/** The registers of a model, as a meter has them that has all of them. */
export function layoutNamed(name: string): MeterLayout {
  const model = modelNamed(name);
  return { model, energies: model.energies[0], wordOrder: "low_first" };
}
