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
   */
  doze(ms: number): void;
  /** Says that nothing is due: what comes all the same is read when it suits. */
  idle(): void;
  /**
   * Resolves after `ms` milliseconds, more exactly than a timer where the system offers it, and not before what is ready to
   * run has run.
   */
  rest(ms: number): Promise<void>;
  /** Ends what is under way; resolves once the device is free. */
  close(): Promise<void>;
}
