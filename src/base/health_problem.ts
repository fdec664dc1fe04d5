import type { Severity } from "./fault_board.ts";

/** A present problem of the service, as `Service.health` lists it. */
export interface HealthProblem {
  /** How urgent it is. */
  readonly severity: Severity;
  /** The line that has it. */
  readonly line?: string;
  /** The meter that has it. */
  readonly meter?: string;
  /** The fault that is published for it. */
  readonly fault?: string;
  /** What is wrong, and what to do. */
  readonly message: string;
  /** Wall clock in milliseconds when it began. */
  readonly sinceMs?: number;
}

const ranks: readonly Severity[] = ["High", "Medium", "Low"];

/** The most severe problems first, otherwise in the same order. */
export function bySeverity(problems: readonly HealthProblem[]): HealthProblem[] {
  const rank = ({ severity }: HealthProblem) => ranks.indexOf(severity);
  return [...problems].sort((one, other) => rank(one) - rank(other));
}
