/** Kind of a failed exchange. */
export type LineErrorCode = "timeout" | "crc" | "unexpected_answer" | "closed";

/** An exchange has no usable answer: no answer, a damaged or unexpected answer, or the line is closed. */
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
    options: ErrorOptions & { readonly damaged?: boolean } = {},
  ) {
    super(message, options);
    this.damaged = options.damaged ?? code === "crc";
  }
}
