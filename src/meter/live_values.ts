import { decodeField } from "./codec.ts";
import type { GatheredWords } from "./gathered_words.ts";
import type { LiveValue, MeterLayout } from "./meter_model.ts";
import type { Reading } from "./types.ts";

/** The part of a reading that the live blocks bring. */
export type LiveReading = Pick<
  Reading,
  "phaseSequenceError" | "powerW" | "voltageV" | "reactivePowerVar" | "currentA" | "frequencyHz"
>;

/** The live values of a reading. */
export function decodeLive({ model }: MeterLayout, words: GatheredWords): LiveReading {
  const value = (name: LiveValue): number => {
    const field = model.live.find(({ fields }) => name in fields)?.fields[name];
    return field === undefined ? 0 : Number(decodeField(field, words.of(field)));
  };
  const sequence = value("phaseSequence");
  const known = sequence === model.phaseSequence?.right || sequence === model.phaseSequence?.wrong;
  return {
    ...(known ? { phaseSequenceError: sequence === model.phaseSequence?.wrong } : {}),
    powerW: { total: value("powerTotal"), L1: value("powerL1"), L2: value("powerL2"), L3: value("powerL3") },
    voltageV: { L1: value("voltageL1"), L2: value("voltageL2"), L3: value("voltageL3") },
    reactivePowerVar: {
      total: value("reactivePowerTotal"),
      L1: value("reactivePowerL1"),
      L2: value("reactivePowerL2"),
      L3: value("reactivePowerL3"),
    },
    currentA: { L1: value("currentL1"), L2: value("currentL2"), L3: value("currentL3") },
    frequencyHz: value("frequency"),
  };
}
