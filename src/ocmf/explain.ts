import type { Verification } from "./types.ts";

/** One line of an explanation for people. */
export interface Explanation {
  /** Key of the record (`PG`, `RD[0].RV`) or of a verdict (`signature`). */
  readonly field: string;
  /** The value as it stands in the record. */
  readonly value: string;
  /** What it means, in plain words. */
  readonly meaning: string;
}

/** What a record says, field by field. Never throws: of what is not an OCMF record only the verdicts are told. */
export function explainRecord(_ocmf: Uint8Array, _verification: Verification): Explanation[] {
  return [];
}
