import { type ConsumerInfo, consumerOpts, type JetStreamSubscription, type NatsConnection } from "nats";
import type { MsgHdrs } from "nats";
import { systemTime } from "../base/time.ts";

/** A message of a stream. */
export interface StoredMessage {
  readonly subject: string;
  readonly data: Uint8Array;
  readonly headers: MsgHdrs | undefined;
  /** Number in the stream. */
  readonly seq: number;
  /** Its age in the stream, by the clock of the server. */
  readonly ageMs: number;
  /** When the stream stored it, by the clock of the server, in milliseconds since 1970. */
  readonly storedAtMs: number;
  /** Number of messages of the selection after it. */
  readonly pending: number;
}

/** The clock of a server in milliseconds since 1970, and the local monotonic time at which it was read. */
export interface ServerClock {
  readonly serverMs: number;
  readonly monoMs: number;
}

/** A selection of messages of a stream. */
export interface StreamSlice {
  readonly stream: string;
  /** Subject with wildcards. */
  readonly filter: string;
  /** Prefix of JetStream requests: `$JS.edge-1.API`. */
  readonly api: string;
  /** Only the last message of each subject. @default false */
  readonly last?: boolean;
  /** Number of the first message. @default the first in the stream */
  readonly fromSeq?: number;
  /** Only messages that were stored at this time or later, in milliseconds since 1970. @default all */
  readonly fromMs?: number;
  /** Limit of the rate at which the server sends, in bits per second. @default none */
  readonly bitsPerSecond?: number;
}

/**
 * Reads the current messages of a stream, oldest first. The stream is addressed by name, because a hub's stream has no
 * subjects. Needs only the permission to create a consumer of this stream.
 *
 * @param take ends the reading early if it returns false
 * @returns the clock of the server at the start
 * @throws {NatsError} JetStream or the stream is missing, or the server refuses
 * @throws {Error} the server stops in the middle
 */
export async function readStream(
  connection: NatsConnection,
  { stream, filter, api, last = false, fromSeq, fromMs, bitsPerSecond }: StreamSlice,
  take: (message: StoredMessage) => unknown,
): Promise<ServerClock> {
  const options = consumerOpts();
  options.orderedConsumer();
  options.bindStream(stream);
  if (last) options.deliverLastPerSubject();
  else if (fromSeq !== undefined) options.startSequence(fromSeq);
  else if (fromMs !== undefined) options.startTime(new Date(fromMs));
  else options.deliverAll();
  if (bitsPerSecond !== undefined) options.limit(bitsPerSecond);
  const client = connection.jetstream({ apiPrefix: api, timeout: answerMs });
  const messages = await client.subscribe(filter, options);
  const { num_pending: pending, created } = await asCreated(messages);
  const startedAtMs = Date.parse(created);
  const clock = { serverMs: startedAtMs, monoMs: systemTime.mono() };
  if (pending === 0) {
    messages.unsubscribe();
    return clock;
  }
  const watchdog = new Watchdog(() => messages.unsubscribe());
  let remaining: number = pending;
  try {
    for await (const { subject, data, headers, info } of messages) {
      watchdog.reset();
      const storedAtMs = info.timestampNanos / 1e6;
      const ageMs = Math.max(0, startedAtMs - storedAtMs);
      remaining = info.pending;
      const message = { subject, data, headers, seq: info.streamSequence, ageMs, storedAtMs, pending: info.pending };
      // Do not read messages that arrived after the start
      if (take(message) === false || remaining === 0) return clock;
    }
  } finally {
    watchdog.end();
  }
  if (remaining > 0) {
    throw new Error(
      `Cannot read stream ${stream}: the server sent nothing for ` +
        `${idleTimeoutMs / 1000} s`,
    );
  }
  return clock;
}

/**
 * The client stores the reply to its consumer request, but has no type for it. A new request needs another permission.
 */
function asCreated(messages: JetStreamSubscription & { readonly info?: { readonly last?: ConsumerInfo } | null }) {
  return messages.info?.last ?? messages.consumerInfo();
}

/** Calls `onTimeout` after a period without messages. */
class Watchdog {
  readonly #ended = new AbortController();
  #reset = true;

  constructor(onTimeout: () => void) {
    void this.#watch(onTimeout);
  }

  reset(): void {
    this.#reset = true;
  }

  end(): void {
    this.#ended.abort();
  }

  async #watch(onTimeout: () => void): Promise<void> {
    while (this.#reset) {
      this.#reset = false;
      await systemTime.sleep(idleTimeoutMs, this.#ended.signal);
      if (this.#ended.signal.aborted) return;
    }
    onTimeout();
  }
}

const answerMs = 10_000;
const idleTimeoutMs = 30_000;
