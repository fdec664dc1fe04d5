/** A reading as it is published, kept for later. */
export interface SpooledReading {
  /** The meter's token in subjects. */
  readonly meter: string;
  /** Header `Nats-Msg-Id`. */
  readonly messageId: string;
  /** Wall clock in milliseconds when the values were on the wire. */
  readonly takenAtMs: number;
  /** The message's text. */
  readonly payload: string;
}

/** A reading in the spool. */
export interface WaitingReading extends SpooledReading {
  /** Its number in the spool. */
  readonly seq: number;
}

/** Where readings wait until their stream has them. Nothing here throws: what cannot be kept is dropped and counted. */
export interface Spool {
  /** Readings that wait. */
  readonly size: number;
  /** Readings that were lost since the process started: too old, no room, or nowhere to keep them. */
  readonly dropped: number;
  /** Why readings were lost last, as a part of a sentence; undefined: none was. */
  readonly dropReason: string | undefined;
  /** Takes readings in; the oldest ones give way. */
  add(readings: readonly SpooledReading[]): void;
  /**
   * The oldest readings by their time, at most `limit` of them. They stay until they are removed.
   *
   * @param except meters whose readings are left out
   */
  oldest(limit: number, except?: readonly string[]): WaitingReading[];
  /**
   * Takes readings out that the broker has.
   *
   * @returns whether they are out; false: the disk refuses, and they would come again
   */
  remove(readings: readonly WaitingReading[]): boolean;
  /** Counts readings that can never be published, and that are to be removed, as lost. */
  countLost(count: number, reason: string): void;
  /** Stores what it holds in memory, where it can, and ends. */
  close(): void;
}
