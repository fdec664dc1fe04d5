/** What is unusable: a file with credentials, or one for TLS. */
export type NatsSetupErrorCode = "credentials" | "tls";

/** NATS cannot even be tried: a file that the configuration names cannot be read or holds something else. */
export class NatsSetupError extends Error {
  override readonly name = "NatsSetupError";
  constructor(readonly code: NatsSetupErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
  }
}
