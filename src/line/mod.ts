/**
 * A line and its exchanges: queue, timing, late answers, statistics, and reopening of the device.
 *
 * @module
 */
export { type Bus, priorities, type Priority, type TransferOptions, type WriteOptions } from "./bus.ts";
export { LineError, type LineErrorCode, lineErrorCodes } from "./errors.ts";
export { type ExchangeErrorKind, exchangeErrorKinds, type ExchangeStats, type LatencyStats } from "./exchange_stats.ts";
export { Line, type LineChange, type LineDeps, type LineState } from "./line.ts";
export type { Endpoint } from "../base/endpoint.ts";
export { type LineOptions } from "./line_options.ts";
export { loadLineCode } from "./line_session.ts";
export { type LineStats } from "./line_stats.ts";
export { readCostMs, silenceMs, usualTurnaroundMs } from "./timing.ts";
export { watchWrites, writeFailpoints } from "./watch_writes.ts";
