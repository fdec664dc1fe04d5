/** Kinds of unusable files: `credentials` (`nats.credentials_file`, `nats.nkey_seed_file`) or `tls` (`nats.tls`). */
export const natsSetupErrorCodes = ["credentials", "tls"] as const;

/** One of {@linkcode natsSetupErrorCodes}. */
export type NatsSetupErrorCode = typeof natsSetupErrorCodes[number];

/** A connection cannot be attempted: a configured file cannot be read or has invalid content. */
export class NatsSetupError extends Error {
  /** `NatsSetupError` */
  override readonly name = "NatsSetupError";
  /**
   * The message names the operation that failed and what the operator can do.
   *
   * @param code the unusable file
   */
  constructor(readonly code: NatsSetupErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
  }
}
