/** Pause before the next attempt on a stream that cannot be written at the moment. */
const retryPauseMs = 10;

/**
 * Writes all bytes, also if the stream accepts only a few at a time.
 *
 * @returns the error if not all bytes could be written
 */
export function writeWhole(stream: { writeSync(bytes: Uint8Array): number }, bytes: Uint8Array): unknown {
  for (let written = 0; written < bytes.length;) {
    try {
      written += stream.writeSync(bytes.subarray(written));
    } catch (error) {
      if (!(error instanceof Deno.errors.WouldBlock)) return error;
      // Another process made the shared pipe non-blocking, and its reader is slower than this writer.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, retryPauseMs);
    }
  }
  return undefined;
}
