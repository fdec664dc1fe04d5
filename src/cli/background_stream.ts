import { type Acceptance, portionOf } from "./write_whole.ts";

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

/** Deno's standard output, with writes that it accepts completely or not at all; see {@linkcode Acceptance}. */
export function bufferedStream(stream: BackgroundStream, acceptance: Acceptance): BackgroundStream {
  return {
    async write(bytes) {
      const portion = portionOf(bytes, acceptance);
      try {
        return await stream.write(portion.bytes);
      } catch (error) {
        if (!portion.isKept || !(error instanceof Deno.errors.WouldBlock)) throw error;
        await flush(stream);
        return portion.bytes.length;
      }
    },
  };
}

/** Writes what Deno keeps in memory. */
async function flush(stream: BackgroundStream): Promise<void> {
  while (true) {
    try {
      await stream.write(new Uint8Array());
      return;
    } catch (error) {
      if (!(error instanceof Deno.errors.WouldBlock)) throw error;
      await new Promise((resolve) => setTimeout(resolve, retryPauseMs));
    }
  }
}
