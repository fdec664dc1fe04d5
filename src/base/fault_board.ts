/** How grave a fault is. */
export type Severity = "Low" | "Medium" | "High";

/** What stays the same about a kind of fault. */
export interface FaultKind<Type extends string = string> {
  /** Its class, as on the bus. */
  readonly type: Type;
  /** How urgent it is. */
  readonly severity: Severity;
  /** When it is raised. */
  readonly cause: string;
  /** What to do about it. */
  readonly remedy: string;
}

/** A fault that is raised, or that has just been cleared. */
export interface Fault<SubType extends string> {
  /** Which fault it is. */
  readonly subType: SubType;
  /** True: raised, or raised still with another message; false: cleared. */
  readonly active: boolean;
  /** A sentence: what was found, where, and what to do. */
  readonly message: string;
  /** Wall clock in milliseconds when it was raised. */
  readonly sinceMs: number;
  /** Wall clock in milliseconds of this change. */
  readonly atMs: number;
}

/** The faults of one thing. Raising what is raised with the same message, or clearing what is clear, is no news. */
export class FaultBoard<SubType extends string> {
  readonly #now: () => number;
  readonly #active = new Map<SubType, Fault<SubType>>();
  readonly #onChange: (fault: Fault<SubType>) => void;

  /**
   * A board without faults.
   *
   * @param now wall clock in milliseconds
   * @param onChange is told of every change
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
   * Raises a fault, or gives a raised one another message; its beginning stays.
   *
   * @param sinceMs wall clock in milliseconds when it began, where that was not now
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
