import type { Field } from "./codec.ts";
import type { ReadWords } from "./read_words.ts";
import { measuredValue } from "./measured_value.ts";
import type { LiveValue, MeterLayout } from "./meter_model.ts";
import type { PowerValues, Reading } from "./types.ts";

/** The part of a reading from the live blocks. */
export type LiveReading = Pick<
  Reading,
  "phaseSequenceError" | "powerW" | "voltageV" | "reactivePowerVar" | "currentA" | "frequencyHz"
>;

/** A phase with a lower voltage counts as dead: the value is coupled from other phases. */
const minVoltageV = 30;

type Values = { [V in LiveValue]?: number };

/** The live values of a reading. Missing values, and groups without values, are absent. */
export function decodeLive(layout: MeterLayout, words: ReadWords): LiveReading {
  const values: Values = {};
  for (const { fields } of layout.model.live) addMeasured(values, fields, layout, words);
  if (layout.model.currentSign === "of_power") signCurrents(values);
  const phaseSequenceError = phaseSequenceErrorOf(layout, values);
  return {
    ...(phaseSequenceError !== undefined && { phaseSequenceError }),
    ...group("powerW", values.powerTotal, values.powerL1, values.powerL2, values.powerL3),
    ...group("voltageV", undefined, values.voltageL1, values.voltageL2, values.voltageL3),
    ...group(
      "reactivePowerVar",
      values.reactivePowerTotal,
      values.reactivePowerL1,
      values.reactivePowerL2,
      values.reactivePowerL3,
    ),
    ...group("currentA", undefined, values.currentL1, values.currentL2, values.currentL3),
    ...(values.frequency !== undefined && { frequencyHz: values.frequency }),
  };
}

function signCurrents(values: Values): void {
  for (const phase of ["L1", "L2", "L3"] as const) {
    const [current, power = 0] = [values[`current${phase}`], values[`power${phase}`]];
    if (current !== undefined) values[`current${phase}`] = power < 0 ? 0 - Math.abs(current) : Math.abs(current);
  }
}

/** Adds the values of fields by name; omits a value that is over its range. */
export function addMeasured<Name extends string>(
  values: { [V in Name]?: number },
  fields: { readonly [V in Name]?: Field },
  layout: MeterLayout,
  words: ReadWords,
): void {
  for (const name of Object.keys(fields) as Name[]) {
    const field = fields[name];
    const value = field && measuredValue(layout, field, words.of(field));
    if (value !== undefined) values[name] = value;
  }
}

/** A group of values under its name; empty without values. */
export function group<K extends string>(
  key: K,
  total?: number,
  L1?: number,
  L2?: number,
  L3?: number,
): { readonly [P in K]?: PowerValues } {
  if (total === undefined && L1 === undefined && L2 === undefined && L3 === undefined) return {};
  const values: { -readonly [P in keyof PowerValues]: number } = {};
  if (total !== undefined) values.total = total;
  if (L1 !== undefined) values.L1 = L1;
  if (L2 !== undefined) values.L2 = L2;
  if (L3 !== undefined) values.L3 = L3;
  return { [key]: values } as { readonly [P in K]: PowerValues };
}

/** The phase sequence; undefined unless all three phases have voltage, because the register is then meaningless. */
function phaseSequenceErrorOf({ model, threePhase }: MeterLayout, values: Values): boolean | undefined {
  const { phaseSequence } = model;
  if (threePhase === false) return undefined;
  const { voltageL1 = 0, voltageL2 = 0, voltageL3 = 0 } = values;
  if (phaseSequence === undefined || Math.min(voltageL1, voltageL2, voltageL3) < minVoltageV) return undefined;
  if (values.phaseSequence === phaseSequence.wrong) return true;
  return values.phaseSequence === phaseSequence.right ? false : undefined;
}
