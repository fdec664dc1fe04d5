/** Kind of a failure of a serial device or a gateway. */
export type PortErrorCode = "not_found" | "permission_denied" | "busy" | "unsupported" | "gone" | "stuck" | "failed";

/**
 * The device or gateway failed: it is missing, not permitted, in use, not configurable, disconnected, or accepts no
 * bytes.
 */
export class PortError extends Error {
  /** `PortError` */
  override readonly name = "PortError";
  /**
   * The message names the operation that failed and what the operator can do.
   *
   * @param code the kind of failure
   */
  constructor(readonly code: PortErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
  }
}
