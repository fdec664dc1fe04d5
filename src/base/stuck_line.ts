/** A line whose loop does not turn. */
export interface StuckLine {
  /** Name of the line in the configuration. */
  readonly name: string;
  /** What the loop does for too long: `waits for an answer of unit 3 for 17 s`. */
  readonly problem: string;
}
