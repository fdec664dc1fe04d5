/**
 * Kinds of failures of the control socket.
 * - `no_service`: no service listens on the socket
 * - `busy`: another process serves the socket, or its path belongs to another file
 * - `permission_denied`: the user may not use the socket
 * - `path_too_long`: the path of the socket is too long for the system
 * - `timeout`: the service does not answer in time
 * - `failed`: anything else
 */
export const controlErrorCodes = [
  "no_service",
  "busy",
  "permission_denied",
  "path_too_long",
  "timeout",
  "failed",
] as const;

/** One of {@linkcode controlErrorCodes}. */
export type ControlErrorCode = typeof controlErrorCodes[number];

/** The control socket cannot be used. */
export class ControlError extends Error {
  override readonly name = "ControlError";
  readonly code: ControlErrorCode;

  constructor(code: ControlErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
