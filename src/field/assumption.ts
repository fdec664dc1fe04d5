import type { FieldMeter } from "./field_meter.ts";
import type { Mask } from "./mask.ts";
import type { PowerCycle } from "./power_cycle.ts";
import type { Session } from "./session.ts";

/** What a check found: the assumption holds, something else is true, or this meter or this run cannot show it. */
export type Verdict = "holds" | "differs" | "open";

/** What a check found, and what it saw. */
export interface Finding {
  readonly verdict: Verdict;
  readonly seen: string;
}

/** What checks share: the meter, what was learned of it so far, and what is to be hidden. */
export interface FieldContext {
  readonly meter: FieldMeter;
  readonly mask: Mask;
  readonly facts: Facts;
}

/** What earlier checks learned. */
export interface Facts {
  code?: number;
  serialNumber?: string;
  /** Whether the registers of OCMF answer. */
  ocmf?: boolean;
  keyBits?: 256 | 384;
  /** DER SubjectPublicKeyInfo, upper-case hex. */
  publicKeyDer?: string;
  session?: Session;
  powerCycle?: PowerCycle;
}

/** Something that the product relies on, and no public source confirms on a real meter. */
export interface Assumption {
  /** As in `docs/hardware.md`. */
  readonly number: number;
  /** A sentence, the same as in `docs/hardware.md`. */
  readonly text: string;
  readonly check: (context: FieldContext) => Promise<Finding>;
}

/** A finding that the assumption is true. */
export function holds(seen: string): Finding {
  return { verdict: "holds", seen };
}

/** A finding that something else is true. */
export function differs(seen: string): Finding {
  return { verdict: "differs", seen };
}

/** A finding that it cannot be seen here. */
export function open(seen: string): Finding {
  return { verdict: "open", seen };
}

/** {@linkcode holds} or {@linkcode differs}. */
export function judged(right: boolean, seen: string): Finding {
  return right ? holds(seen) : differs(seen);
}
