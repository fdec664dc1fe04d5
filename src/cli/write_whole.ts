/** Pause before the next attempt on a stream that cannot be written at the moment. */
const retryPauseMs = 10;

/** A pipe accepts so many bytes completely or not at all (PIPE_BUF). */
const pipeBytes = 4096;

/** Deno keeps a text without a newline in memory if it is shorter, and writes it with the next call. */
const keptBytes = 1024;

/**
 * How a stream accepts bytes while it is in non-blocking mode. `unbuffered`: it returns how many it accepted. Deno's
 * standard output buffers, and does not return how many bytes it accepted before it failed: for `lines`, a pipe or a
 * file, and for `bytes`, a terminal or a socket, each write must therefore be one that is accepted completely or not at
 * all.
 */
export type Acceptance = "unbuffered" | "lines" | "bytes";

/** A part of a text, for one write. */
export interface Portion {
  readonly bytes: Uint8Array;
  /** If the write fails because the stream is full, Deno has the bytes in memory: it needs a flush, not the bytes again. */
  readonly isKept: boolean;
}

/** The first bytes that one write can take. */
export function portionOf(bytes: Uint8Array, acceptance: Acceptance): Portion {
  if (acceptance === "unbuffered") return { bytes, isKept: false };
  if (acceptance === "lines") {
    const window = bytes.subarray(0, pipeBytes);
    const end = window.lastIndexOf(newline) + 1;
    return end > 0 ? { bytes: window.subarray(0, end), isKept: false } : kept(window);
  }
  const end = bytes.indexOf(newline);
  if (end === 0) return { bytes: bytes.subarray(0, 1), isKept: false };
  return kept(bytes.subarray(0, Math.min(end < 0 ? bytes.length : end, keptBytes - 1)));
}

const newline = 0x0a;

function kept(bytes: Uint8Array): Portion {
  return { bytes, isKept: bytes.length < keptBytes };
}

/**
 * Writes all bytes, also if the stream accepts only a few at a time. Waits for the reader without a time limit.
 *
 * @returns the error if not all bytes could be written
 */
export function writeWhole(
  stream: { writeSync(bytes: Uint8Array): number },
  bytes: Uint8Array,
  acceptance: Acceptance,
): unknown {
  let rest = bytes;
  while (rest.length > 0) {
    const portion = portionOf(rest, acceptance);
    try {
      rest = rest.subarray(stream.writeSync(portion.bytes));
    } catch (error) {
      if (!(error instanceof Deno.errors.WouldBlock)) return error;
      // Another process made the shared pipe non-blocking, and its reader is slower than this writer.
      pause();
      if (!portion.isKept) continue;
      const failure = flush(stream);
      if (failure !== undefined) return failure;
      rest = rest.subarray(portion.bytes.length);
    }
  }
  return undefined;
}

/** Writes what Deno keeps in memory. @returns the error if it could not be written */
function flush(stream: { writeSync(bytes: Uint8Array): number }): unknown {
  while (true) {
    try {
      stream.writeSync(new Uint8Array());
      return undefined;
    } catch (error) {
      if (!(error instanceof Deno.errors.WouldBlock)) return error;
      pause();
    }
  }
}

function pause(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, retryPauseMs);
}
