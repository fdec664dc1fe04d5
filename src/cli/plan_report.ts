import { hex } from "../base/hex.ts";
import { countText } from "../base/text.ts";
import type { LineSettings } from "../config/mod.ts";
import { groupCost, type Identity, lineShare, type PlannedGroup, type ReadCost } from "../meter/mod.ts";

/** Input of a report. */
export interface PlanParts {
  readonly meter: string;
  readonly line: Pick<LineSettings, "name" | "baudrate">;
  readonly identity: Pick<Identity, "model" | "billing">;
  readonly turnaroundMs: number;
  readonly measured: boolean;
  readonly groups: readonly PlannedGroup[];
  /** In milliseconds. */
  readonly cost: ReadCost;
}

/** One exchange of the plan. */
export interface PlanExchange {
  readonly values: string;
  /** Wire address: `0500h`. */
  readonly address: string;
  readonly words: number;
  readonly every_ms: number;
  /** Request, turnaround, answer and the silence after it. */
  readonly wire_ms: number;
}

/** How one meter is read, as JSON. */
export interface PlanReport {
  readonly meter: string;
  readonly line: string;
  readonly baudrate: number;
  readonly model: string;
  /** Undefined for a meter without a key. */
  readonly key_bits?: number;
  readonly turnaround_ms: number;
  /** False: the meter could not be read; model and turnaround are assumed. */
  readonly measured: boolean;
  readonly exchanges: readonly PlanExchange[];
  /** A reading with all values. */
  readonly cycle: { readonly exchanges: number; readonly words: number; readonly wire_ms: number };
  /** Average share of the line's time that this meter needs, 0 or more. */
  readonly line_share: number;
  /** How many meters of this kind the line can serve. */
  readonly meters_that_fit: number;
}

/** Calculates the report of one meter. */
export function planReport({ meter, line, identity, turnaroundMs, measured, groups, cost }: PlanParts): PlanReport {
  const inReading = groups.filter(({ ofReading }) => ofReading);
  const reads = inReading.flatMap((group) => group.reads);
  const share = lineShare(groups, cost);
  return {
    meter,
    line: line.name,
    baudrate: line.baudrate,
    model: identity.model,
    ...(identity.billing.able && { key_bits: identity.billing.keyBits }),
    turnaround_ms: rounded(turnaroundMs),
    measured,
    exchanges: groups.flatMap(({ what, everyMs, reads }) =>
      reads.map(({ start, words }) => ({
        values: what,
        address: `${hex(start)}h`,
        words,
        every_ms: everyMs,
        wire_ms: rounded(cost(words)),
      }))
    ),
    cycle: {
      exchanges: reads.length,
      words: reads.reduce((sum, { words }) => sum + words, 0),
      wire_ms: rounded(groupCost(reads, cost)),
    },
    line_share: Number(share.toFixed(4)),
    meters_that_fit: Math.floor(1 / share),
  };
}

/** Formats the report as text. */
export function planText(report: PlanReport): string[] {
  const { meter, line, baudrate, model, key_bits, turnaround_ms, measured, cycle, line_share } = report;
  const key = key_bits === undefined ? "" : ` with a ${key_bits}-bit key`;
  const how = measured ? "measured" : "assumed";
  const rows = report.exchanges.map(({ values, address, words, every_ms, wire_ms }) =>
    [
      `  ${values.padEnd(16)}`,
      address,
      countText(words, "word").padStart(10),
      `every ${every_ms / 1000} s`.padStart(14),
      `${wire_ms.toFixed(1)} ms`.padStart(10),
    ].join("")
  );
  return [
    `${meter}  ${model}${key}, line ${line} at ${baudrate} baud, turnaround ${turnaround_ms} ms (${how})`,
    ...rows,
    `  whole reading: ${cycle.exchanges} exchanges, ${cycle.words} words, ${cycle.wire_ms.toFixed(1)} ms on the line`,
    `  uses ${(line_share * 100).toFixed(1)} % of the line, which can serve ${report.meters_that_fit} such meters`,
  ];
}

function rounded(ms: number): number {
  return Number(ms.toFixed(2));
}
