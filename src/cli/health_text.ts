import type { Severity } from "../base/fault_board.ts";
import { countText } from "../base/text.ts";

/** A problem as the service reports it. */
export interface ReportedProblem {
  readonly severity: Severity;
  readonly line?: string | undefined;
  readonly meter?: string | undefined;
  /** Sub type of the published fault. */
  readonly fault?: string | undefined;
  readonly message: string;
  /** RFC 3339. */
  readonly since?: string | undefined;
}

/** What the service reports about its health. */
export interface HealthReport {
  readonly site: string;
  readonly version: string;
  readonly lines: number;
  readonly meters: number;
  readonly problems: readonly ReportedProblem[];
}

/** A problem in one line. */
export function problemText({ severity, line, meter, fault, message, since }: ReportedProblem): string {
  const [kind, name] = meter !== undefined ? ["meter", meter] : line !== undefined ? ["line", line] : [undefined, ""];
  const where = kind === undefined ? "" : `${kind} ${name}: `;
  const facts = [...(fault === undefined ? [] : [fault]), ...(since === undefined ? [] : [`since ${since}`])];
  return `${severity.padEnd(6)}  ${where}${message}${facts.length === 0 ? "" : ` (${facts.join(", ")})`}`;
}

/** The line for a service without problems. */
export function healthyText({ site, version, lines, meters }: HealthReport): string {
  return `Healthy: ${countText(meters, "meter")} on ${countText(lines, "line")} at site ${site}, version ${version}`;
}
