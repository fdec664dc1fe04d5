import type { MeterRow, NodeRow } from "../../view/mod.ts";
import type { Tone } from "../shell/badge.ts";

/** The states in which a transaction may still be on the meter. */
const openTransactions: readonly string[] = ["starting", "running", "stopping"];

/** Whether a transaction is open on the meter. */
export function isCharging({ transaction }: MeterRow): boolean {
  return transaction !== undefined && openTransactions.includes(transaction.state);
}

/** Whether the meter is not served: silent, or its process is. */
export function isUnreachable({ state }: MeterRow): boolean {
  return state === "offline" || state === "lost";
}

/** Whether a meter needs attention. */
export function hasProblem(row: MeterRow): boolean {
  return row.faults.length > 0 || isUnreachable(row);
}

/** Whether a process needs attention. */
export function hasNodeProblem({ isLost, faults, problems, lines }: NodeRow): boolean {
  return isLost || faults.length > 0 || problems.length > 0 || lines.some(({ state }) => state === "closed");
}

/** The order of meters with problems: the lowest number first. */
export function urgencyOf(row: MeterRow): number {
  if (row.faults.some(({ severity }) => severity === "High")) return 0;
  if (isUnreachable(row)) return 1;
  if (row.faults.some(({ severity }) => severity === "Medium")) return 2;
  return row.faults.length > 0 ? 3 : 4;
}

/** How much attention a severity of a fault needs. */
export function severityTone(severity: string): Tone {
  return severity === "High" ? "problem" : "warning";
}

/** How much attention a meter's state needs; faults are shown beside it. */
export function stateTone(state: MeterRow["state"]): Tone {
  switch (state) {
    case "online":
      return "ok";
    case "connecting":
      return "info";
    case "offline":
    case "lost":
      return "problem";
    case "stopped":
      return "quiet";
  }
}
