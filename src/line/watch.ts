import type { Precision } from "../../bridge/mod.ts";

/**
 * How exactly an answer is read: {@linkcode Precision}, or `awaited`: a caller waits for this answer, so the read is exact
 * and begins a little early.
 */
export type Watch = Precision | "awaited";

/** A read can be half of a timeout before its end, and a shared wait ends up to 10 ms and the delay of a timer later. */
const minSharedTimeoutMs = 25;

/**
 * The same, or `timer` if a shared wait could end after the timeout of an answer.
 *
 * @param timeoutMs the shortest timeout of the line in milliseconds
 */
export function watchWithin(watch: Watch, timeoutMs: number): Watch {
  return watch === "shared" && timeoutMs < minSharedTimeoutMs ? "timer" : watch;
}

/** The precision of the waits for an answer. */
export function precisionOf(watch: Watch): Precision {
  return watch === "awaited" ? "exact" : watch;
}
