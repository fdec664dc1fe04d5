import type { FaultKind } from "../base/fault_board.ts";
import { nodeFaultKinds } from "../health/mod.ts";
import { faultKinds } from "../meter/mod.ts";

/** Why a fault is raised, and what to do. */
export type FaultAdvice = Pick<FaultKind, "cause" | "remedy">;

/** Cause and remedy of each fault that is published, by sub type. Tests compare them with docs/faults.md. */
export function faultAdvice(): { readonly [Source in "meter" | "node"]: Readonly<Record<string, FaultAdvice>> } {
  return { meter: adviceOf(faultKinds), node: adviceOf(nodeFaultKinds) };
}

function adviceOf(kinds: Readonly<Record<string, FaultKind>>): Record<string, FaultAdvice> {
  return Object.fromEntries(
    Object.entries(kinds).map(([subType, { cause, remedy }]) => [subType, { cause, remedy }]),
  );
}
