/** Numbers of the exceptions that are handled separately. */
export const exceptions = {
  illegalFunction: 1,
  illegalAddress: 2,
  illegalValue: 3,
  deviceFailure: 4,
  acknowledge: 5,
  busy: 6,
  gatewayPathUnavailable: 10,
  gatewayTargetSilent: 11,
} as const;

/** The exceptions of the Modbus standard. */
const meanings: Readonly<Record<number, string>> = {
  1: "illegal function: the device does not support this request",
  2: "illegal data address: the device has no such register",
  3: "illegal data value: the device does not accept this value or number of registers now",
  4: "device failure",
  5: "acknowledge: accepted, but the device needs time",
  6: "device busy: retry later",
  7: "negative acknowledge",
  8: "memory parity error",
  10: "gateway path unavailable: the gateway is misconfigured or overloaded",
  11: "gateway target failed to respond: the device does not answer",
};

/** The meaning of an exception number in the standard. */
export function exceptionMeaning(exception: number): string {
  return meanings[exception] ?? "not a standard exception";
}

/** Whether a device is only busy and can still carry out the request: acknowledge or busy. */
export function isBusy(exception: number): boolean {
  return exception === exceptions.acknowledge || exception === exceptions.busy;
}

/** Whether a gateway reports with this exception that the device did not answer. */
export function isGatewayFailure(exception: number): boolean {
  return exception === exceptions.gatewayPathUnavailable || exception === exceptions.gatewayTargetSilent;
}

/** The meter answered with a Modbus exception. */
export class ModbusError extends Error {
  /** `ModbusError` */
  override readonly name = "ModbusError";
  /**
   * The message names the operation that failed and the meaning of the exception.
   *
   * @param exception number of the exception, 1..255: 1 illegal function, 2 illegal data address, 3 illegal data value,
   * 4 device failure, 5 acknowledge, 6 busy, 10 and 11 from a gateway
   */
  constructor(readonly exception: number, message: string, options?: ErrorOptions) {
    super(message, options);
  }
}
