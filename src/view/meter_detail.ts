import type { NodeStatusPayload, PowermeterPayload, PublicKeyPayload, StatusPayload } from "../contract/mod.ts";
import type { ConnectionView } from "./fleet_messages.ts";
import type { MeterRow, NodeRow } from "./fleet_rows.ts";

/** A public key of a meter. */
export interface ShownKey {
  /** The key as the meter's process publishes it. */
  readonly payload: PublicKeyPayload;
  /** SHA-256 of the key as SubjectPublicKeyInfo, 64 lower-case hex digits; undefined: the key cannot be parsed. */
  readonly fingerprint?: string;
}

/** All that is known about one meter. */
export interface MeterDetail {
  /** Clock of the server, RFC 3339. */
  readonly at: string;
  readonly connection: ConnectionView;
  readonly row: MeterRow;
  /** The last reading, complete. */
  readonly reading?: PowermeterPayload;
  readonly status?: StatusPayload;
  readonly publicKey?: ShownKey;
  /** The process that serves the meter. */
  readonly node?: NodeRow;
  /** Statistics of the exchanges with this meter. */
  readonly statistics?: NodeStatusPayload["meter_stats"][string];
}
