import type { ExchangeStats, LineState, LineStats } from "../line/mod.ts";
import type { NodeStatusPayload } from "./schemas.ts";

/** A line and its meters as they are now. */
export interface LineReport extends LineStats {
  /** In the configuration. */
  readonly name: string;
  /** Whether exchanges are possible. */
  readonly state: LineState;
  /** The meters on it, in the order of the configuration. */
  readonly meters: readonly MeterReport[];
}

/** What became of the exchanges with one meter. */
export interface MeterReport extends ExchangeStats {
  /** In the configuration. */
  readonly name: string;
  /** Live cycles that the line had no time for. */
  readonly skippedReadings: number;
}

type Payload = Pick<NodeStatusPayload, "lines" | "meter_stats">;

/** What `_node.status` tells of lines and of the exchanges with each meter. */
export function linePayloads(reports: readonly LineReport[]): Payload {
  return {
    lines: reports.map(({ name, state, utilisation, ...stats }) => ({
      name,
      state,
      utilisation,
      ...exchangePayload(stats),
    })),
    meter_stats: Object.fromEntries(
      reports.flatMap(({ meters }) => meters).map(({ name, skippedReadings, ...stats }) => [
        name,
        { ...exchangePayload(stats), skipped_readings: skippedReadings },
      ]),
    ),
  };
}

function exchangePayload({ exchanges, errors, errorsByKind, latencyMs }: ExchangeStats) {
  return { exchanges, errors, errors_by_kind: errorsByKind, ...(latencyMs && { latency_ms: latencyMs }) };
}
