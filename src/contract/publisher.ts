import type { KnownMeters } from "../base/known_meters.ts";
import type { Log } from "../base/log.ts";
import type { NodeIdentity } from "../base/node_identity.ts";
import type { Time } from "../base/time.ts";
import type { IntervalQueue } from "../interval/mod.ts";
import type { NodeFault, NodeHealth } from "../health/mod.ts";
import type { LiveJournal } from "../journal/mod.ts";
import type { MeterFault, Reading } from "../meter/mod.ts";
import type { Spool } from "../spool/mod.ts";
import type { LineReport } from "./line_report.ts";
import type { ServedMeter } from "./served_meter.ts";

/**
 * Publishes readings, records, states and faults of this process. Its methods return at once and never throw for a
 * connection that is down: the transport keeps the message and publishes it later. Meters have their configured names;
 * a meter that is not served is ignored, because a meter that was withdrawn may still report that it stops.
 */
export interface Publisher {
  /** Publishes a reading, or stores it in the spool. */
  publishReading(meter: string, reading: Reading): void;
  /** Publishes the present status of a meter. */
  publishStatus(meter: string): void;
  /** Publishes the public key of a meter, if it has one. */
  publishPublicKey(meter: string): void;
  /** Publishes that a fault of a meter was raised or cleared. */
  publishFault(meter: string, fault: MeterFault): void;
  /** Publishes that a fault of this process was raised or cleared. */
  publishNodeFault(fault: NodeFault): void;
  /** Publishes the present status of this process. */
  publishNodeStatus(): void;
  /** Delivers the new records in the outbox of the journal. */
  wakeOutbox(): void;
  /** Delivers the new intervals. */
  wakeIntervals(): void;
}

/** Publishes if there is a connection; returns whether it published. */
export type Publish = (subject: string, payload: object) => boolean;

/** A connection to the clients: publishes messages and answers requests. */
export interface Transport extends Publisher {
  /** Resolves after the first connection, when all endpoints are served. */
  readonly connected: Promise<void>;
  /** Whether the server is connected now. */
  readonly isConnected: boolean;
  /** Present problems, each a sentence with its remedy. */
  readonly problems: readonly string[];
  /** Starts to connect and retries without limit. Returns at once. */
  start(): void;
  /**
   * Serves a meter from now on, in addition to those of `TransportParts`. A served meter of the same name is replaced:
   * requests reach the new one at once, and the faults of the old one are cleared. Without a connection this takes
   * effect at the next one.
   */
  serve(meter: ServedMeter): void;
  /**
   * Stops serving a meter: publishes that it has stopped and clears its faults. Its readings and records that are not
   * delivered yet are still delivered. Does nothing if the meter is not served.
   *
   * @returns resolves when no request can arrive and the requests that have begun are answered
   */
  withdraw(name: string, options: WithdrawOptions): Promise<void>;
  /**
   * Removes the retained states of a meter that is not served. Records are never removed.
   *
   * @throws {ForgetError} the meter is served, has an open transaction, or its states cannot be removed
   */
  forget(name: string): Promise<ForgetResult>;
  /** Resolves when the states of the meters that were withdrawn are removed, or cannot be removed now. Never rejects. */
  withdrawnForgotten(): Promise<void>;
  /** Refuses new and waiting requests; requests in progress are still answered. */
  stopServing(): Promise<void>;
  /** Publishes the state `stopped` of each meter and of the process, delivers for a few seconds, and disconnects. */
  close(): Promise<void>;
}

/** Options of a withdrawal. */
export interface WithdrawOptions {
  /**
   * Whether the retained states of the meter are removed, too. This continues in the background until it is done, also
   * after a restart; it is cancelled when the meter is served again.
   */
  readonly forget: boolean;
}

/** The states of a meter are removed. */
export interface Forgotten {
  /** Distinguishes the results. */
  readonly outcome: "forgotten";
  /** How many states were removed. */
  readonly states: number;
}

/** The states of a meter are removed later. */
export interface ForgottenLater {
  /** Distinguishes the results. */
  readonly outcome: "waiting";
  /** What it waits for, as a sentence. */
  readonly reason: string;
}

/** Whether the states of a meter are removed, or why this is done later. */
export type ForgetResult = Forgotten | ForgottenLater;

/** Why a meter is not forgotten: a sentence with the remedy. */
export class ForgetError extends Error {
  /** Identifies this class of errors. */
  override readonly name = "ForgetError";
}

/** The parts of the service that a transport uses. */
export interface TransportParts {
  readonly identity: NodeIdentity;
  /** The meters that are served from the start. */
  readonly meters: readonly ServedMeter[];
  /** The lines as they are now. */
  readonly lines: () => readonly LineReport[];
  /** Changes of the configuration that wait for the end of a transaction, each as a text. @default none */
  readonly waitingChanges?: (() => readonly string[]) | undefined;
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
    | "recentlyDelivered"
    | "knownStream"
    | "noteStream"
    | "lastRecordInStream"
    | "openTransactions"
    | "records"
  >;
  readonly health: Pick<NodeHealth, "faults" | "clockSynchronised" | "raise" | "clear">;
  /** The names of the meters that can have retained states. @default a list that ends with the process */
  readonly knownMeters?: KnownMeters | undefined;
  /** Intervals that wait until they are delivered; whoever opened them closes them. @default none */
  readonly intervals?: IntervalQueue | undefined;
  /** Where readings wait until they are delivered; whoever opened it closes it. */
  readonly spool: Spool;
  readonly time: Time;
  readonly log: Log;
}
