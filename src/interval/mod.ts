/**
 * Intervals between evenly spaced boundaries, from the samples of a meter; and where they are stored until they are
 * published.
 *
 * @module
 */
export { Accumulator, type AccumulatorState } from "./accumulator.ts";
export { type Interval, type Part, qualities, type Quality } from "./interval.ts";
export type { RevisedInterval } from "./publication.ts";
export type { Registers, Sample } from "./sample.ts";
export type { WaitingInterval } from "./interval_file.ts";
export type { IntervalQueue, QueueProblems } from "./interval_queue.ts";
export { IntervalStore } from "./interval_store.ts";
export { IntervalRecorder, type MeterValues, type RecorderOptions } from "./recorder.ts";
