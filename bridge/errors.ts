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

/** The meter answered with a Modbus exception. */
export class ModbusError extends Error {
  /** `ModbusError` */
  override readonly name = "ModbusError";
  /**
   * Has a message that tells what was being done, and what to do about it.
   *
   * @param exception the exception's number, 1..255 (2 = illegal data address)
   */
  constructor(readonly exception: number, message: string, options?: ErrorOptions) {
    super(message, options);
  }
}
