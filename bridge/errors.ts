/**
 * Kinds of failures of a serial device or a gateway.
 * - `not_found`: there is no such device, or nothing listens at the address of the gateway
 * - `permission_denied`: the system or Deno's permissions do not allow this process to use it
 * - `busy`: another program uses the device, or the gateway serves another client
 * - `unsupported`: it is not a serial port, or it does not have the requested settings
 * - `gone`: it was open and went away: unplugged, hung up, or no longer answering
 * - `stuck`: it is there, but accepts no bytes
 * - `failed`: any other failure; the message has the details
 */
export const portErrorCodes = [
  "not_found",
  "permission_denied",
  "busy",
  "unsupported",
  "gone",
  "stuck",
  "failed",
] as const;

/** One of {@linkcode portErrorCodes}. */
export type PortErrorCode = typeof portErrorCodes[number];

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

/** The port was closed by this process during a read or a write. */
export class PortClosedError extends Error {
  override readonly name = "PortClosedError";
  /** serialport uses this to distinguish an intended close from a lost device. */
  readonly canceled = true;
  constructor() {
    super("The port was closed");
  }
}
