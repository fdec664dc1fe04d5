/**
 * Kinds of failed exchanges.
 * - `timeout`: the first byte did not come in time, or the answer stopped before its end
 * - `crc`: an answer came, but it is damaged
 * - `unexpected_answer`: an intact answer of another unit, function or length
 * - `closed`: the line is not open, or is open on another connection than the transfer belongs to; nothing was sent
 */
export const lineErrorCodes = ["timeout", "crc", "unexpected_answer", "closed"] as const;

/** One of {@linkcode lineErrorCodes}. */
export type LineErrorCode = typeof lineErrorCodes[number];

/**
 * An exchange has no usable answer: no answer, a damaged or unexpected answer, or the line is closed. `cause` of a
 * `closed` line is the `PortError` that closed it, if one did.
 */
export class LineError extends Error {
  /** `LineError` */
  override readonly name = "LineError";
  /** Whether one of the attempts received a damaged answer: the device answers, but the line is disturbed. */
  readonly damaged: boolean;
  /**
   * The message names the operation that failed and what the operator can do.
   *
   * @param code the kind of failure
   */
  constructor(
    readonly code: LineErrorCode,
    message: string,
    options: ErrorOptions & {
      /** @default `code` is `crc` */
      readonly damaged?: boolean;
    } = {},
  ) {
    super(message, options);
    this.damaged = options.damaged ?? code === "crc";
  }
}
