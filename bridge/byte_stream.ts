/**
 * Shorter waits do not sleep: a change of the thread takes about as long. A read then receives the bytes when they
 * arrive.
 */
export const minSleepMs = 1;

/**
 * How exactly a wait ends. `exact`: at its time, as far as the system allows it; `relaxed`: up to about a millisecond later
 * if that takes less processor time.
 */
export type Precision = "exact" | "relaxed";

/** Both directions of an open device or connection. */
export interface ByteStream {
  /**
   * Resolves with the number of bytes read, at least 1; 0 after `expectBytes` without bytes. One read at a time.
   *
   * @throws {PortError} gone
   * @throws {PortClosedError} `close` was called
   */
  read(target: Uint8Array): Promise<number>;
  /**
   * Resolves when the system has accepted all bytes.
   *
   * @throws as `read`
   */
  write(bytes: Uint8Array): Promise<void>;
  /** Discards received bytes that were not read. */
  discardInput(): void;
  /** Discards written bytes that were not sent: otherwise `close` waits for a device that accepts no bytes. */
  discardOutput(): void;
  /**
   * Announces bytes that are expected in `ms` milliseconds at the earliest. The read resolves after this time with all
   * bytes that have arrived, and does not wake up for each part; see {@linkcode minSleepMs}.
   *
   * @param bytes number of expected bytes: a read waits up to {@linkcode minSleepMs} for missing ones
   * @param precision of the wait; default `exact`
   */
  expectBytes(ms: number, bytes?: number, precision?: Precision): void;
  /** Whether the last byte of the last read arrived during the read; false: it may have arrived long before. */
  readonly sawArrival: boolean;
  /** Announces that no bytes are expected; unexpected bytes may be read later. */
  idle(): void;
  /**
   * Resolves after `ms` milliseconds, and always after callbacks that are ready.
   *
   * @param precision of the wait; default `exact`
   */
  sleep(ms: number, precision?: Precision): Promise<void>;
  /** Ends pending reads and writes; resolves when the device is free. */
  close(): Promise<void>;
}
