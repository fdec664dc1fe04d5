/** What a request's answer must look like: RTU answers carry nothing else to tell them by. */
export interface ExpectedAnswer {
  readonly unit: number;
  readonly function: number;
  /** Bytes of the whole answer, checksum included. */
  readonly length: number;
  /** The bytes behind unit and function: the byte count of a read, address and count of a write. */
  readonly fixed: readonly number[];
}

/** Bytes of an answer that refuses: unit, function with its top bit set, number, checksum. */
export const exceptionBytes = 5;

/**
 * The answer that `request` calls for.
 *
 * @param request a whole RTU frame, function 03, 04 or 16
 * @throws {RangeError} on any other function
 */
export function expectedAnswer(request: Uint8Array): ExpectedAnswer {
  const [unit, code] = [request[0] ?? 0, request[1] ?? 0];
  const length = answerBytes(request);
  return { unit, function: code, length, fixed: code === 16 ? [...request.subarray(2, 6)] : [length - 5] };
}

/**
 * Bytes of the whole answer that `request` calls for.
 *
 * @throws as {@linkcode expectedAnswer}
 */
export function answerBytes(request: Uint8Array): number {
  const code = request[1] ?? 0;
  if (code === 3 || code === 4) return 5 + 2 * ((request[4] ?? 0) << 8 | (request[5] ?? 0));
  if (code === 16) return 8;
  throw new RangeError(`Cannot send function ${code}: 3, 4 and 16 are known`);
}
