import type { ReadWords } from "./read_words.ts";
import { addMeasured, group } from "./live_values.ts";
import type { ExtendedValue, MeterLayout } from "./meter_model.ts";
import type { ExtendedReading } from "./types.ts";

/** The additional values in the live blocks. Missing values, and groups without values, are absent. */
export function decodeExtended(layout: MeterLayout, words: ReadWords): ExtendedReading {
  const values: { [V in ExtendedValue]?: number } = {};
  for (const { extended = {} } of layout.model.live) addMeasured(values, extended, layout, words);
  const { voltageL1L2, voltageL2L3, voltageL3L1 } = values;
  const lineVoltageV = {
    ...(voltageL1L2 === undefined ? {} : { L1_L2: voltageL1L2 }),
    ...(voltageL2L3 === undefined ? {} : { L2_L3: voltageL2L3 }),
    ...(voltageL3L1 === undefined ? {} : { L3_L1: voltageL3L1 }),
  };
  return {
    ...(Object.keys(lineVoltageV).length === 0 ? {} : { lineVoltageV }),
    ...group(
      "apparentPowerVa",
      values.apparentPowerTotal,
      values.apparentPowerL1,
      values.apparentPowerL2,
      values.apparentPowerL3,
    ),
    ...group(
      "powerFactor",
      values.powerFactorTotal,
      values.powerFactorL1,
      values.powerFactorL2,
      values.powerFactorL3,
    ),
  };
}
