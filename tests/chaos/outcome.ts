/** Result of a scenario. */
export interface Outcome {
  /** Problems; empty if there are none. */
  readonly findings: readonly string[];
  /** Additional results. */
  readonly facts: readonly string[];
}
