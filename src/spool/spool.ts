/** A reading that is stored until it can be published. */
export interface SpooledReading {
  /** The meter's token in subjects. */
  readonly meter: string;
  /** Header `Nats-Msg-Id`. */
  readonly messageId: string;
  /** Wall clock in milliseconds when the values were read. */
  readonly takenAtMs: number;
  /** The text of the message. */
  readonly payload: string;
}

/** A reading in the spool. */
export interface WaitingReading extends SpooledReading {
  /** Its number in the spool. */
  readonly seq: number;
}

/**
 * Readings that wait until their stream has stored them. No method throws: a reading that cannot be stored is counted.
 */
export interface Spool {
  /** Number of readings that wait. */
  readonly size: number;
  /** Number of readings that were lost since the process started: too old, no room, or no spool. */
  readonly dropped: number;
  /** Why readings were last lost, as a clause; undefined: none were lost. */
  readonly dropReason: string | undefined;
  /** Adds readings. Drops the oldest ones if there is no room. */
  add(readings: readonly SpooledReading[]): void;
  /**
   * The oldest readings by their time, at most `limit`. They stay in the spool until `remove` is called.
   *
   * @param except meters whose readings are skipped
   */
  oldest(limit: number, except?: readonly string[]): WaitingReading[];
  /** The last readings of a meter that wait, taken after a wall-clock time in milliseconds, at most `limit`, oldest first. */
  since(meter: string, takenAfterMs: number, limit: number): WaitingReading[];
  /**
   * Removes readings that the broker has stored.
   *
   * @returns whether they were removed; false: the disk returned an error, and `oldest` will return them again
   */
  remove(readings: readonly WaitingReading[]): boolean;
  /**
   * Resolves when the spool is ready for many writes: its log is not being moved into the file, which writes would make
   * longer. Resolves after 5 s in any case, and never rejects.
   */
  ready(): Promise<void>;
  /** Counts readings as lost; the caller removes them, because they can never be published. */
  countLost(count: number, reason: string): void;
  /** Stores the readings in memory, if possible, and closes the spool. */
  close(): void;
}
