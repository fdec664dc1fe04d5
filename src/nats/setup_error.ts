/** The unusable file: `credentials` (`nats.credentials_file`, `nats.nkey_seed_file`) or `tls` (`nats.tls`). */
export type NatsSetupErrorCode = "credentials" | "tls";

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
