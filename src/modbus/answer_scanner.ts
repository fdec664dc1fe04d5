import { hexText } from "../base/hex.ts";
import { crcMatches } from "./crc16.ts";
import type { ExpectedAnswer } from "./expected_answer.ts";
import { exceptionBytes } from "./frame_length.ts";

/** Result of a scan of received bytes. */
export type Scanned =
  /** The expected answer, or the exception instead; `end` is the offset after it. */
  | { readonly kind: "answer"; readonly frame: Uint8Array; readonly end: number }
  /** A complete frame that does not belong to this request. */
  | { readonly kind: "foreign"; readonly frame: Uint8Array; readonly end: number }
  /** The start of a possible answer. */
  | { readonly kind: "partial"; readonly have: number; readonly want: number }
  | { readonly kind: "nothing" };

/**
 * Searches for the expected answer from the left. Skips bytes before it as noise. A frame always has a valid checksum,
 * so noise never becomes a value.
 *
 * @param bytes must not change afterwards, because frames are parts of them
 * @param expected undefined: no answer is expected, and every complete frame is foreign
 */
export function scanAnswer(bytes: Uint8Array, expected: ExpectedAnswer | undefined): Scanned {
  for (let start = 0; start < bytes.length; start++) {
    const have = bytes.length - start;
    const want = expected === undefined ? undefined : fittingLength(bytes, start, expected);
    if (want !== undefined) {
      if (have < want) return { kind: "partial", have, want };
      const end = start + want;
      if (crcMatches(bytes, start, end)) return { kind: "answer", frame: bytes.subarray(start, end), end };
    }
    const length = usualLength(bytes, start);
    if (length !== undefined && have >= length && crcMatches(bytes, start, start + length)) {
      const end = start + length;
      return { kind: "foreign", frame: bytes.subarray(start, end), end };
    }
  }
  return { kind: "nothing" };
}

/** Why a complete frame is not the expected answer, as text. */
export function describeForeign(frame: Uint8Array, expected: ExpectedAnswer): string {
  const [unit, code = 0, dataBytes] = frame;
  if (unit !== expected.unit) return `an answer of unit ${unit}`;
  if ((code & 0x7f) !== expected.function) return `an answer to function ${code & 0x7f}`;
  if (expected.function === 16) {
    return `a confirmation of address and count ${hexText(frame.subarray(2, 6))} instead of ${hexText(expected.fixed)}`;
  }
  return `${dataBytes} bytes of values instead of ${expected.fixed[0]}`;
}

/** Length of the answer that can begin at `start`; undefined: the bytes do not match the expected answer. */
function fittingLength(bytes: Uint8Array, start: number, expected: ExpectedAnswer): number | undefined {
  if (bytes[start] !== expected.unit) return undefined;
  const code = bytes[start + 1];
  if (code === (expected.function | 0x80)) return exceptionBytes;
  if (code !== undefined && code !== expected.function) return undefined;
  const { fixed, length } = expected;
  const fixedAt = start + 2;
  for (let index = 0; index < fixed.length && fixedAt + index < bytes.length; index++) {
    if (bytes[fixedAt + index] !== fixed[index]) return undefined;
  }
  return length;
}

/** Length of a frame of any unit with the function at `start`. */
function usualLength(bytes: Uint8Array, start: number): number | undefined {
  const code = bytes[start + 1];
  const dataBytes = bytes[start + 2];
  if (code === undefined || dataBytes === undefined) return undefined;
  if (code > 0x80) return exceptionBytes;
  if (code >= 1 && code <= 4) return 5 + dataBytes;
  return code === 5 || code === 6 || code === 15 || code === 16 ? 8 : undefined;
}
