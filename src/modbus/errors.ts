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
