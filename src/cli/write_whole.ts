/** Pause before a stream that takes nothing at the moment is tried again. */
const busyMs = 10;

/**
 * Writes all bytes, however little the stream takes at once.
 *
 * @returns why not all could be written
 */
export function writeWhole(stream: { writeSync(bytes: Uint8Array): number }, bytes: Uint8Array): unknown {
  for (let written = 0; written < bytes.length;) {
    try {
      written += stream.writeSync(bytes.subarray(written));
    } catch (error) {
      if (!(error instanceof Deno.errors.WouldBlock)) return error;
      // Whoever shares the pipe made it non-blocking: its reader is only slower than we are.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, busyMs);
    }
  }
  return undefined;
}
