/**
 * - `offline`: setup is not through, or the meter is silent
 * - `not_supported`: this meter has no such register
 * - `unexpected_value`: the meter answered with a value that cannot be
 * - `unknown_model`: there is no model for its identification code
 * - `replaced`: another meter answers than the one that setup identified
 */
export type MeterErrorCode = "offline" | "not_supported" | "unexpected_value" | "unknown_model" | "replaced";

/** The meter cannot do what was asked, or its answer makes no sense; what fails on the line has its own errors. */
export class MeterError extends Error {
  /** The name that logs and messages show. */
  override readonly name = "MeterError";
  /** `code` tells programs what went wrong, `message` tells people. */
  constructor(readonly code: MeterErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
  }
}
