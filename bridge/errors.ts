/** What can go wrong with a serial device or a gateway. */
export type PortErrorCode = "not_found" | "permission_denied" | "busy" | "unsupported" | "gone" | "stuck" | "failed";

/** The device or gateway itself failed: it is absent, refused, in use, cannot be set up, went away, or takes no bytes. */
export class PortError extends Error {
  /** `PortError` */
  override readonly name = "PortError";
  /**
   * Has a message that tells what was being done, and what to do about it.
   *
   * @param code what kind of failure it is
   */
  constructor(readonly code: PortErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
  }
}
