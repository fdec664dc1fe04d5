import type { MeterRow, NodeRow } from "./fleet_rows.ts";

/** Connection of the server to NATS. */
export interface ConnectionView {
  readonly connected: boolean;
  /** When the connection was made or lost, RFC 3339. */
  readonly since: string;
  /** What the server cannot read, as texts; undefined: nothing is missing. */
  readonly problems?: readonly string[];
}

/** The whole state of the fleet: event `snapshot`. */
export interface FleetSnapshot {
  /** Clock of the server, RFC 3339. */
  readonly at: string;
  readonly connection: ConnectionView;
  readonly meters: readonly MeterRow[];
  readonly nodes: readonly NodeRow[];
}

/** The key of a row that no longer exists: that of a meter, or that of a process. */
export interface RemovedRow {
  readonly site: string;
  readonly meter?: string;
  readonly instance?: string;
}

/** What has changed since the previous message, at most one a second: event `change`. Rows replace rows with the same key. */
export interface FleetChange {
  /** Clock of the server, RFC 3339. */
  readonly at: string;
  /** Undefined: unchanged. */
  readonly connection?: ConnectionView;
  readonly meters?: readonly MeterRow[];
  readonly nodes?: readonly NodeRow[];
  /** Applies before the rows of this message. */
  readonly removed?: readonly RemovedRow[];
}
