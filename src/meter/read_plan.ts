import type { Field } from "./codec.ts";
import { wordsOf } from "./codec.ts";
import type { EnergyRegisters, MeterLayout, MeterModel } from "./meter_model.ts";
import { signedMap } from "./registers.ts";

/** Consecutive registers that one request reads. */
export interface PlannedRead {
  /** Zero-based wire address. */
  readonly start: number;
  /** 1..125. */
  readonly words: number;
}

/** Cost of a read of this number of words, in any unit, usually milliseconds. */
export type ReadCost = (words: number) => number;

/**
 * The cheapest reads that return all fields. Registers between two fields are also read if that costs no more than
 * another request. A field is never split, and a field that must be read alone is never combined with others.
 */
export function planReads(
  fields: readonly Field[],
  cost: ReadCost,
  { maxWords, singleWordRegisters }: Pick<MeterModel, "maxWords" | "singleWordRegisters">,
): PlannedRead[] {
  const reads: PlannedRead[] = [];
  const isSingleWord = (read: PlannedRead) => read.words === 1 && singleWordRegisters.includes(read.start);
  const wanted = fields.map((field) => ({ start: field.at, words: wordsOf(field) }));
  for (const next of wanted.sort((one, other) => one.start - other.start)) {
    const last = reads.at(-1);
    const joined = last === undefined ? Infinity : next.start + next.words - last.start;
    const adjacent = last !== undefined && next.start === last.start + last.words;
    // Adjacent fields need no cost comparison: combining them saves a request and costs nothing
    const cheaper = adjacent || last !== undefined && cost(joined) <= cost(last.words) + cost(next.words);
    if (last !== undefined && joined <= maxWords && cheaper && !isSingleWord(last) && !isSingleWord(next)) {
      reads[reads.length - 1] = { start: last.start, words: joined };
    } else {
      reads.push(next);
    }
  }
  return reads;
}

/** The reads of the live values. */
export function liveReads({ live }: MeterModel): readonly PlannedRead[] {
  return live.map(({ start, words }) => ({ start, words }));
}

/** The reads of both energies, and of the energies of the phases if requested. */
export function energyReads({ model, energies }: MeterLayout, cost: ReadCost, byPhase = false): readonly PlannedRead[] {
  return energies === undefined ? [] : planReads(energyFields(energies, byPhase), cost, model);
}

/** All registers of both energies. */
export function energyFields(
  { importWh, exportWh, importByPhaseWh }: EnergyRegisters,
  byPhase = false,
): readonly Field[] {
  return [...importWh, ...exportWh, ...byPhase ? importByPhaseWh ?? [] : []];
}

/** The read of one field. */
export function fieldRead(field: Field): PlannedRead {
  return { start: field.at, words: wordsOf(field) };
}

/** The read of the signed live map. */
export function signedMapRead(keyBits: 256 | 384): PlannedRead {
  return { start: signedMap.at, words: signedMap.dataWords + signedMap.signatureWords[keyBits] };
}
