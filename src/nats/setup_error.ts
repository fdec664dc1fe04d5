/** What is unusable: a file with credentials, or one for TLS. */
export type NatsSetupErrorCode = "credentials" | "tls";

/** NATS cannot even be tried: a file that the configuration names cannot be read or holds something else. */
export class NatsSetupError extends Error {
  /** `NatsSetupError` */
  override readonly name = "NatsSetupError";
  /**
   * Has a message that tells what was being done, and what to do about it.
   *
   * @param code what is unusable
   */
  constructor(readonly code: NatsSetupErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
  }
}
