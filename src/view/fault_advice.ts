/** Why a fault is raised, and what to do. In English, as docs/faults.md has it; the page has the German form. */
export interface FaultAdvice {
  readonly cause: string;
  readonly remedy: string;
}

/** The advice on the faults of meters and of processes, by the names of the kinds of faults: `/api/faults`. */
export interface FaultAdviceTable {
  readonly meter: Readonly<Record<string, FaultAdvice>>;
  readonly node: Readonly<Record<string, FaultAdvice>>;
}
