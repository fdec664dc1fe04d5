/** Severity of a fault. */
export type Severity = "Low" | "Medium" | "High";

/** Constant properties of a kind of fault. */
export interface FaultKind<Type extends string = string> {
  /** Its class, as published. */
  readonly type: Type;
  /** How urgent it is. */
  readonly severity: Severity;
  /** The condition that raises it. */
  readonly cause: string;
  /** What the operator should do. */
  readonly remedy: string;
}

/** A fault that is raised or was just cleared. */
export interface Fault<SubType extends string> {
  /** Which fault it is. */
  readonly subType: SubType;
  /** True: raised, or its message has changed; false: cleared. */
  readonly active: boolean;
  /** A sentence: what is wrong, where, and what to do. */
  readonly message: string;
  /** Wall clock in milliseconds when it was raised. */
  readonly sinceMs: number;
  /** Wall clock in milliseconds of this change. */
  readonly atMs: number;
}

/**
 * The faults of one object. Raising a fault again with the same message, or clearing a cleared one, is not reported.
 */
export class FaultBoard<SubType extends string> {
  readonly #now: () => number;
  readonly #active = new Map<SubType, Fault<SubType>>();
  readonly #onChange: (fault: Fault<SubType>) => void;

  /**
   * Creates a board without faults.
   *
   * @param now wall clock in milliseconds
   * @param onChange is called for every change
   */
  constructor(now: () => number, onChange: (fault: Fault<SubType>) => void) {
    this.#now = now;
    this.#onChange = onChange;
  }

  /** The faults that are raised now. */
  get active(): Fault<SubType>[] {
    return [...this.#active.values()];
  }

  /** Whether a fault is raised now. */
  has(subType: SubType): boolean {
    return this.#active.has(subType);
  }

  /**
   * Raises a fault, or changes the message of a raised fault; the time when it began stays.
   *
   * @param sinceMs wall clock in milliseconds when it began; undefined: now
   */
  raise(subType: SubType, message: string, sinceMs?: number): void {
    const known = this.#active.get(subType);
    if (known?.message === message) return;
    const atMs = this.#now();
    const fault = { subType, active: true, message, sinceMs: known?.sinceMs ?? sinceMs ?? atMs, atMs };
    this.#active.set(subType, fault);
    this.#onChange(fault);
  }

  /** Clears a fault. */
  clear(subType: SubType): void {
    const known = this.#active.get(subType);
    if (known === undefined) return;
    this.#active.delete(subType);
    this.#onChange({ ...known, active: false, atMs: this.#now() });
  }
}
