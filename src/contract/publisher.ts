import type { Log } from "../base/log.ts";
import type { NodeIdentity } from "../base/node_identity.ts";
import type { Time } from "../base/time.ts";
import type { NodeFault, NodeHealth } from "../health/mod.ts";
import type { LiveJournal } from "../journal/mod.ts";
import type { MeterFault, Reading } from "../meter/mod.ts";
import type { Spool } from "../spool/mod.ts";
import type { LineReport } from "./line_report.ts";
import type { ServedMeter } from "./served_meter.ts";

/**
 * Publishes what happens in this process. Nothing waits for it and nothing fails: what cannot be published now is kept
 * until it can be. Meters are named as in the configuration.
 */
export interface Publisher {
  /** A reading of a meter. It waits in the spool where it has to. */
  publishReading(meter: string, reading: Reading): void;
  /** A meter's status as it is now. */
  publishStatus(meter: string): void;
  /** A meter's public key, if it has one. */
  publishPublicKey(meter: string): void;
  /** A fault of a meter was raised or cleared. */
  publishFault(meter: string, fault: MeterFault): void;
  /** A fault of this process was raised or cleared. */
  publishNodeFault(fault: NodeFault): void;
  /** The state of this process as it is now. */
  publishNodeStatus(): void;
  /** The outbox of the journal has a new record. */
  wakeOutbox(): void;
}

/** Publishes when there is a connection, and says whether it did. */
export type Publish = (subject: string, payload: object) => boolean;

/** A way to the outside: it publishes, and it answers the requests of clients. */
export interface Transport extends Publisher {
  /** Resolves when it is connected for the first time and serves every request. */
  readonly connected: Promise<void>;
  /** What is not in order with it, each in a sentence with the remedy. */
  readonly problems: readonly string[];
  /** Begins to connect, for ever. Does not wait for the other side. */
  start(): void;
  /** Takes no more requests; those that wait are refused, those that are under way are still answered. */
  stopServing(): Promise<void>;
  /** Publishes that the meters and the process have stopped, delivers what it can in a few seconds, and disconnects. */
  close(): Promise<void>;
}

/** What a transport works with. */
export interface TransportParts {
  readonly identity: NodeIdentity;
  readonly meters: readonly ServedMeter[];
  /** The lines as they are now. */
  readonly lines: () => readonly LineReport[];
  readonly journal: Pick<
    LiveJournal,
    | "undelivered"
    | "eachRecord"
    | "size"
    | "record"
    | "outbox"
    | "markDelivered"
    | "redeliver"
    | "redeliveries"
    | "deliveredLately"
    | "knownStream"
    | "noteStream"
    | "lastRecordInStream"
  >;
  readonly health: Pick<NodeHealth, "faults" | "clockSynchronised" | "raise" | "clear">;
  /** Where readings wait until they are delivered; whoever opened it closes it. */
  readonly spool: Spool;
  readonly time: Time;
  readonly log: Log;
}
