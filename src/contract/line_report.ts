import type { ExchangeStats, LineState, LineStats } from "../line/mod.ts";
import type { NodeStatusPayload } from "./node_schemas.ts";

/** The present state of a line and its meters. */
export interface LineReport extends LineStats {
  /** Name in the configuration. */
  readonly name: string;
  /** Whether exchanges are possible. */
  readonly state: LineState;
  /** The meters on it, in the order of the configuration. */
  readonly meters: readonly MeterReport[];
}

/** Counts of the exchanges with one meter. */
export interface MeterReport extends ExchangeStats {
  /** Name in the configuration. */
  readonly name: string;
  /** Live cycles that were skipped because the line had no time. */
  readonly skippedReadings: number;
}

type Payload = Pick<NodeStatusPayload, "lines" | "meter_stats">;

/** The fields of `_node.status` about lines and the exchanges with each meter. */
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
