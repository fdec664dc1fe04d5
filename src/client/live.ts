import type { ClientConnection, ClientMessage } from "./connection.ts";
import { ConnectionClosedError } from "./errors.ts";
import { clientError } from "./nats_failure.ts";

/**
 * The messages of a subject from now on. The connection restores the subscription after a reconnection.
 *
 * @throws {ClientError} a permission is missing, or the connection is closed
 */
export async function* liveMessages(
  connection: ClientConnection,
  subject: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<ClientMessage, void, void> {
  const isAborted = () => signal?.aborted === true;
  if (isAborted()) return;
  const doing = `receive the messages of ${subject}`;
  let unsubscribe = () => {};
  try {
    const subscription = connection.subscribe(subject);
    unsubscribe = () => subscription.unsubscribe();
    signal?.addEventListener("abort", unsubscribe, { once: true });
    yield* subscription;
  } catch (error) {
    throw clientError(error, { doing, whenNobody: "", timeoutMs: 0 });
  } finally {
    signal?.removeEventListener("abort", unsubscribe);
    if (!connection.isClosed()) unsubscribe();
  }
  if (isAborted()) return;
  throw new ConnectionClosedError(`Cannot ${doing}: the NATS connection is closed; open a new one`);
}
