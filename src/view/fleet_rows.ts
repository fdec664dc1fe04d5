import type { NodeStatusPayload } from "../contract/mod.ts";

/** State of a meter as a page shows it. `lost`: the process of this meter has not reported in time. */
export type ShownState = "connecting" | "online" | "offline" | "stopped" | "lost";

/** An active fault of a meter or a process. */
export interface ShownFault {
  /** Name of the kind of fault, as in docs/faults.md. */
  readonly subType: string;
  /** `Low`, `Medium` or `High`. */
  readonly severity: string;
  readonly message: string;
  /** When it was raised, RFC 3339. */
  readonly since: string;
}

/** What is known about a meter now. Site and meter are its key. */
export interface MeterRow {
  readonly site: string;
  /** Name in the configuration. */
  readonly meter: string;
  readonly state: ShownState;
  /** When the published state began, RFC 3339. */
  readonly since?: string;
  /** Serial number. */
  readonly meterId?: string;
  readonly model?: string;
  /** Versions by the part of the meter: `measure`, `communication`. */
  readonly firmware?: Readonly<Record<string, string>>;
  /** Sum of all phases, in watts; positive: import. */
  readonly powerW?: number;
  /** Imported energy, in watt-hours. */
  readonly importWh?: number;
  /** Exported energy, in watt-hours. */
  readonly exportWh?: number;
  /** When the reading was taken, by the clock of its node, RFC 3339. */
  readonly readingAt?: string;
  /** The present or last transaction; `idle` without one. */
  readonly transaction?: { readonly state: string; readonly id?: string };
  /** Active faults, those with the highest severity first. */
  readonly faults: readonly ShownFault[];
  /** Version of the service that serves the meter. */
  readonly version?: string;
}

/** Statistics of a line, as a process reports them. */
export interface LineRow {
  readonly name: string;
  /** `open` or `closed`. */
  readonly state: string;
  /** Share of the time in which the line is in use, 0 to 1. */
  readonly utilisation: number;
  readonly exchanges: number;
  readonly errors: number;
  /** Counts by the kind of error; only kinds that occurred. */
  readonly errorsByKind: Readonly<Record<string, number>>;
  /** Duration of exchanges in milliseconds; undefined before the first answer. */
  readonly latencyMs?: { readonly p50: number; readonly p99: number };
}

/** What is known about a process now. Site and instance are its key. */
export interface NodeRow {
  readonly site: string;
  /** Id of the process; empty for an earlier release. */
  readonly instance: string;
  readonly version: string;
  /** `online` or `stopped`. */
  readonly state: NodeStatusPayload["state"];
  /** RFC 3339. */
  readonly startedAt: string;
  /** Whether the process has not reported in time. */
  readonly isLost: boolean;
  /** Records that wait for delivery. */
  readonly undeliveredRecords: number;
  /** Readings that wait for delivery. */
  readonly spooledReadings: number;
  /** Readings that were given up, since the start of the process. */
  readonly droppedReadings: number;
  /** Active faults of the process. */
  readonly faults: readonly ShownFault[];
  /** Problems with NATS, as texts. */
  readonly problems: readonly string[];
  readonly lines: readonly LineRow[];
}
