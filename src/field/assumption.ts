import type { FieldMeter } from "./field_meter.ts";
import type { Mask } from "./mask.ts";
import type { PowerCycle } from "./power_cycle.ts";
import type { Session } from "./session.ts";

/** Result of a check: the assumption holds, it differs, or this meter or this run cannot decide. */
export type Verdict = "holds" | "differs" | "open";

/** Result of a check, and the observation. */
export interface Finding {
  readonly verdict: Verdict;
  readonly observed: string;
}

/** What checks share: the meter, the facts so far, and the texts to hide. */
export interface FieldContext {
  readonly meter: FieldMeter;
  readonly mask: Mask;
  readonly facts: Facts;
}

/** Results of earlier checks. */
export interface Facts {
  code?: number;
  serialNumber?: string;
  /** Whether the meter has OCMF registers. */
  ocmf?: boolean;
  keyBits?: 256 | 384;
  /** DER SubjectPublicKeyInfo, upper-case hex. */
  publicKeyDer?: string;
  session?: Session;
  powerCycle?: PowerCycle;
}

/** An assumption of the product that no public source confirms for a real meter. */
export interface Assumption {
  /** Same number as in `docs/hardware.md`. */
  readonly number: number;
  /** One sentence, the same as in `docs/hardware.md`. */
  readonly text: string;
  readonly check: (context: FieldContext) => Promise<Finding>;
}

/** Result: the assumption is true. */
export function holds(observed: string): Finding {
  return { verdict: "holds", observed };
}

/** Result: something else is true. */
export function differs(observed: string): Finding {
  return { verdict: "differs", observed };
}

/** Result: this run cannot decide. */
export function open(observed: string): Finding {
  return { verdict: "open", observed };
}

/** {@linkcode holds} or {@linkcode differs}. */
export function verdictOf(isTrue: boolean, observed: string): Finding {
  return isTrue ? holds(observed) : differs(observed);
}
