/**
 * Kinds of requests that a meter cannot carry out.
 * - `offline`: setup has not succeeded yet, or the meter is silent
 * - `not_supported`: this meter does not have the register
 * - `unexpected_value`: the meter answered with an impossible value
 * - `unknown_model`: its identification code is unknown
 * - `replaced`: another meter answers than the one that setup has identified
 */
export const meterErrorCodes = ["offline", "not_supported", "unexpected_value", "unknown_model", "replaced"] as const;

/** One of {@linkcode meterErrorCodes}. */
export type MeterErrorCode = typeof meterErrorCodes[number];

/** The meter cannot carry out a request, or its answer is invalid; failures on the line have their own errors. */
export class MeterError extends Error {
  /** `MeterError` */
  override readonly name = "MeterError";
  /**
   * The message names the operation that failed and what the operator can do.
   *
   * @param code the kind of failure
   */
  constructor(readonly code: MeterErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
  }
}
