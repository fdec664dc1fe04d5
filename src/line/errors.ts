/** What can go wrong with one exchange on an open line. */
export type LineErrorCode = "timeout" | "crc" | "unexpected_answer" | "closed";

/** An exchange got no usable answer: none, a damaged one, a foreign one, or the line is closed. */
export class LineError extends Error {
  /** `LineError` */
  override readonly name = "LineError";
  /** Whether a damaged answer came in one of the attempts: the device is there, and the line is disturbed. */
  readonly damaged: boolean;
  /**
   * Has a message that tells what was being done, and what to do about it.
   *
   * @param code what kind of failure it is
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
