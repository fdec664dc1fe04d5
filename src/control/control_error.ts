/** Why the control socket cannot be used. */
export type ControlErrorCode =
  /** No service listens on the socket. */
  | "no_service"
  /** Another process serves the socket, or its path belongs to another file. */
  | "busy"
  /** The user may not use the socket. */
  | "permission_denied"
  /** The path of the socket is too long for the system. */
  | "path_too_long"
  /** The service does not answer in time. */
  | "timeout"
  /** Anything else. */
  | "failed";

/** The control socket cannot be used. */
export class ControlError extends Error {
  override readonly name = "ControlError";
  readonly code: ControlErrorCode;

  constructor(code: ControlErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
