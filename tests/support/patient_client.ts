import type { JetStreamManagerOptions, JetStreamOptions, NatsConnection, Payload, RequestOptions } from "nats";

const timeout = 30_000;

/** Lets requests of a client wait longer: the defaults of the library, 1 s and 5 s, are too short on a busy machine. */
export function patientClient<T extends NatsConnection>(connection: T): T {
  const request = connection.request.bind(connection);
  const jetstream = connection.jetstream.bind(connection);
  const jetstreamManager = connection.jetstreamManager.bind(connection);
  return Object.assign(connection, {
    request: (subject: string, payload?: Payload, options?: RequestOptions) =>
      request(subject, payload, { timeout, ...options }),
    jetstream: (options?: JetStreamOptions | JetStreamManagerOptions) => jetstream({ timeout, ...options }),
    jetstreamManager: (options?: JetStreamOptions | JetStreamManagerOptions) =>
      jetstreamManager({ timeout, ...options }),
  });
}
