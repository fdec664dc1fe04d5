/** A stream whose writes do not block this thread: Deno writes to standard streams in a separate thread. */
export interface BackgroundStream {
  /** Resolves with the number of bytes written. Rejects with the errors of the operating system. */
  write(bytes: Uint8Array): Promise<number>;
}

/** Pause before the next attempt on a stream that cannot be written at the moment. */
const retryPauseMs = 50;

/** How much was written. */
export interface WriteResult {
  readonly written: number;
  /** Why the rest was not written. */
  readonly error?: unknown;
}

/** Writes all bytes, or stops at the first failure. Never rejects. */
export async function writeAll(stream: BackgroundStream, bytes: Uint8Array): Promise<WriteResult> {
  let written = 0;
  while (written < bytes.length) {
    try {
      written += await stream.write(bytes.subarray(written));
    } catch (error) {
      if (!(error instanceof Deno.errors.WouldBlock)) return { written, error };
      await new Promise((resolve) => setTimeout(resolve, retryPauseMs));
    }
  }
  return { written };
}
