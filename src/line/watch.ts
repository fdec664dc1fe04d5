import type { Precision } from "../../bridge/mod.ts";

/**
 * How exactly an answer is read: {@linkcode Precision}, or `awaited`: a caller waits for this answer, so the read is exact
 * and begins a little early.
 */
export type Watch = Precision | "awaited";

/** The precision of the waits for an answer. */
export function precisionOf(watch: Watch): Precision {
  return watch === "awaited" ? "exact" : watch;
}
