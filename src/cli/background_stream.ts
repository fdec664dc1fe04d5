/** A stream that takes bytes without holding up the thread: Deno writes to standard streams in a thread of their own. */
export interface BackgroundStream {
  /** Resolves with the number of bytes that were taken; rejects with the system's own errors. */
  write(bytes: Uint8Array): Promise<number>;
}

/** Pause before a stream that takes nothing at the moment is tried again. */
const busyMs = 50;

/** How far a text came. */
export interface Outcome {
  readonly written: number;
  /** Why it came no further. */
  readonly error?: unknown;
}

/** Writes all bytes, or as many as the stream takes before it fails. Never rejects. */
export async function writeAll(stream: BackgroundStream, bytes: Uint8Array): Promise<Outcome> {
  let written = 0;
  while (written < bytes.length) {
    try {
      written += await stream.write(bytes.subarray(written));
    } catch (error) {
      if (!(error instanceof Deno.errors.WouldBlock)) return { written, error };
      await new Promise((resolve) => setTimeout(resolve, busyMs));
    }
  }
  return { written };
}
