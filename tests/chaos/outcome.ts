/** What became of a scenario. */
export interface Outcome {
  /** What is not as it must be; empty when all is well. */
  readonly findings: readonly string[];
  /** Figures that a person may want to see. */
  readonly facts: readonly string[];
}
