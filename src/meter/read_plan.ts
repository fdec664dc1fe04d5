import type { Block } from "./codec.ts";
import { wordsOf } from "./codec.ts";
import { em300Energy, em300LiveReads, em580Energy, live, signedMap, temperature } from "./registers.ts";
import type { Family } from "./types.ts";

/** Consecutive registers that one request reads. */
export interface PlannedRead {
  /** Zero-based wire address. */
  readonly start: number;
  /** 1..125. */
  readonly words: number;
}

/** What a read of so many words costs; any measure will do, milliseconds as a rule. */
export type ReadCost = (words: number) => number;

/** Words that one request reads at most. */
const maxWords = 125;

/**
 * The cheapest reads that bring all fields of `block`: what lies between two fields is read along where that costs no
 * more than another request. A field is never torn.
 */
export function planReads(block: Block, cost: ReadCost): PlannedRead[] {
  const fields = Object.values(block.fields).map((field) => ({ start: field.at, words: wordsOf(field) }));
  const reads: PlannedRead[] = [];
  for (const next of fields.sort((one, other) => one.start - other.start)) {
    const last = reads.at(-1);
    const joined = last === undefined ? Infinity : next.start + next.words - last.start;
    const adjacent = last !== undefined && next.start === last.start + last.words;
    // What is adjacent needs no reckoning: it saves a request and costs nothing.
    const cheaper = adjacent || last !== undefined && cost(joined) <= cost(last.words) + cost(next.words);
    if (last !== undefined && joined <= maxWords && cheaper) {
      reads[reads.length - 1] = { start: last.start, words: joined };
    } else {
      reads.push(next);
    }
  }
  return reads;
}

/** The reads of the live values. */
export function liveReads(family: Family, cost: ReadCost): readonly PlannedRead[] {
  return family === "em300" ? em300LiveReads : planReads(live, cost);
}

/** The reads of both energies. */
export function energyReads(family: Family, cost: ReadCost): readonly PlannedRead[] {
  return planReads(family === "em300" ? em300Energy : em580Energy, cost);
}

/** The read of the signed live map. */
export function signedMapRead(keyBits: 256 | 384): PlannedRead {
  return { start: signedMap.at, words: signedMap.dataWords + signedMap.signatureWords[keyBits] };
}

/** The read of the temperature. */
export const temperatureRead: PlannedRead = { start: temperature.at, words: wordsOf(temperature) };
