/** A step of a process. */
export interface Step {
  /** Name of the failpoint. */
  readonly name: string;
  /** The name with the detail of the step; equal for every transaction. */
  readonly key: string;
}

/** The step of a transaction at which a process must stop: the n-th step with this key or name, from 1. */
export interface Place {
  readonly key: string;
  readonly nth: number;
}

/** A command to the process. */
export interface Told {
  /** Whether to report each step. */
  readonly trace?: boolean;
  /** Where to stop. */
  readonly hold?: Place;
  /**
   * Whether only the transaction at this step stops, and the process continues; only at a step that the code
   * awaits.
   */
  readonly alone?: boolean;
  /** Offset of its wall clock from the right time, from now on. */
  readonly shiftMs?: number;
}

/** A message of the process. */
export type Said =
  | { readonly said: "ready" | "told" | "held" }
  | { readonly said: "passed"; readonly step: Step };

/** The key of a step, without the numbers that differ between transactions. */
export function toKey(name: string, detail: string): string {
  return `${name} ${detail.replace(/\b(tx-|record |evse-)[\w-]+/g, "$1N")}`.trimEnd();
}

/** Position of each step in a trace. */
export function placesOf(steps: readonly Step[]): Place[] {
  const seen = new Map<string, number>();
  return steps.map(({ key }) => {
    const nth = (seen.get(key) ?? 0) + 1;
    seen.set(key, nth);
    return { key, nth };
  });
}
