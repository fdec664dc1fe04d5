/** A step that a process has passed. */
export interface Step {
  /** Name of the failpoint. */
  readonly name: string;
  /** The name with what the step works on; the same for every transaction. */
  readonly key: string;
}

/** The place in a transaction at which a process is to stand still: the n-th step of this key or name, from 1. */
export interface Place {
  readonly key: string;
  readonly nth: number;
}

/** What a process is told. */
export interface Told {
  /** Whether to tell each step. */
  readonly trace?: boolean;
  /** Where to stand still. */
  readonly hold?: Place;
  /**
   * Whether only the transaction that gets there stands still, and the process goes on; only at a step that the code
   * awaits.
   */
  readonly alone?: boolean;
  /** How far its wall clock is from the right time, from now on. */
  readonly shiftMs?: number;
}

/** What a process says. */
export type Said =
  | { readonly said: "ready" | "told" | "held" }
  | { readonly said: "passed"; readonly step: Step };

/** What tells a step from others, without the numbers that differ between transactions. */
export function toKey(name: string, detail: string): string {
  return `${name} ${detail.replace(/\b(tx-|record )[\w-]+/g, "$1N")}`.trimEnd();
}

/** Where each step of a trace is, first to last. */
export function placesOf(steps: readonly Step[]): Place[] {
  const seen = new Map<string, number>();
  return steps.map(({ key }) => {
    const nth = (seen.get(key) ?? 0) + 1;
    seen.set(key, nth);
    return { key, nth };
  });
}
