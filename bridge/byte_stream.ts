/**
 * What is due within so many milliseconds is not slept through: a thread and back would take about as long, so a read
 * sees it when it comes.
 */
export const shortestDozeMs = 1;

/** Both directions of an open device or connection. */
export interface ByteStream {
  /**
   * Resolves with the number of bytes read, at least 1; 0 when a doze is over and nothing came. One read at a time.
   *
   * @throws {PortError} gone
   * @throws {PortClosedError} `close` was called
   */
  read(target: Uint8Array): Promise<number>;
  /**
   * Resolves once the system has taken all bytes.
   *
   * @throws as `read`
   */
  write(bytes: Uint8Array): Promise<void>;
  /** Drops what has arrived and was not read. */
  discardInput(): void;
  /** Drops what was written and has not left yet: closing a device that takes no bytes would wait for it. */
  discardOutput(): void;
  /**
   * Says that something is due, and not before `ms` milliseconds: a read resolves with all that came meanwhile when they
   * are over, without having been woken for each piece of it; see {@linkcode shortestDozeMs}.
   *
   * @param bytes how many are due in all: a read waits for those that are missing, a moment at most
   * @param exact false: the read may resolve some milliseconds later, where that spares the processor a wake-up
   */
  doze(ms: number, bytes?: number, exact?: boolean): void;
  /** Whether the last read saw its last byte arrive; false: the byte may have been there for long. */
  readonly sawArrival: boolean;
  /** Says that nothing is due: what comes all the same is read when it suits. */
  idle(): void;
  /**
   * Resolves after `ms` milliseconds, more exactly than a timer where the system offers it, and not before what is ready to
   * run has run.
   *
   * @param exact false: as exactly as a timer
   */
  rest(ms: number, exact?: boolean): Promise<void>;
  /** Ends what is under way; resolves once the device is free. */
  close(): Promise<void>;
}
