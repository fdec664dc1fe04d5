import { type ConsumerInfo, consumerOpts, type JetStreamSubscription, type NatsConnection } from "nats";
import type { MsgHdrs } from "nats";
import { systemTime } from "../base/time.ts";

/** A message of a stream. */
export interface KeptMessage {
  readonly subject: string;
  readonly data: Uint8Array;
  readonly headers: MsgHdrs | undefined;
  /** Number in the stream. */
  readonly seq: number;
  /** How long the stream has had it, by the server's clock alone. */
  readonly ageMs: number;
}

/** What a server's clock showed, milliseconds since 1970, at a monotonic time of ours. */
export interface ServerClock {
  readonly serverMs: number;
  readonly monoMs: number;
}

/** Which messages of a stream. */
export interface StreamSlice {
  readonly stream: string;
  /** Subject with wildcards. */
  readonly filter: string;
  /** First tokens of JetStream's requests: `$JS.edge-1.API`. */
  readonly api: string;
  /** Only the last message of each subject. @default false */
  readonly last?: boolean;
  /** From this number on. @default the first message */
  readonly fromSeq?: number;
}

/**
 * Reads what a stream holds when the reading begins, oldest first. The stream is addressed by name: a hub's stream has
 * no subjects by which it could be found. Needs the right to create a consumer of this stream, and none beside it.
 *
 * @returns the server's clock at the beginning
 * @throws {NatsError} there is no JetStream or no such stream, or the server refuses
 * @throws {Error} the server stops in the middle
 */
export async function readStream(
  connection: NatsConnection,
  { stream, filter, api, last = false, fromSeq }: StreamSlice,
  take: (message: KeptMessage) => void,
): Promise<ServerClock> {
  const options = consumerOpts();
  options.orderedConsumer();
  options.bindStream(stream);
  if (last) options.deliverLastPerSubject();
  else if (fromSeq !== undefined) options.startSequence(fromSeq);
  else options.deliverAll();
  const client = connection.jetstream({ apiPrefix: api, timeout: answerMs });
  const messages = await client.subscribe(filter, options);
  const { num_pending: pending, created } = await asCreated(messages);
  const beganAtMs = Date.parse(created);
  const clock = { serverMs: beganAtMs, monoMs: systemTime.mono() };
  if (pending === 0) {
    messages.unsubscribe();
    return clock;
  }
  const watchdog = new Watchdog(() => messages.unsubscribe());
  let left: number = pending;
  try {
    for await (const { subject, data, headers, info } of messages) {
      watchdog.seen();
      const ageMs = Math.max(0, beganAtMs - info.timestampNanos / 1e6);
      take({ subject, data, headers, seq: info.streamSequence, ageMs });
      left = info.pending;
      // What came behind the beginning is for the next reading
      if (left === 0) break;
    }
  } finally {
    watchdog.end();
  }
  if (left > 0) throw new Error(`Cannot read stream ${stream}: the server sent nothing for ${silenceMs / 1000} s`);
  return clock;
}

/** The client keeps the answer to its request for a consumer, but has no type for it. Asking again needs another right. */
function asCreated(messages: JetStreamSubscription & { readonly info?: { readonly last?: ConsumerInfo } | null }) {
  return messages.info?.last ?? messages.consumerInfo();
}

/** Calls `bark` when nothing was seen for too long. */
class Watchdog {
  readonly #ended = new AbortController();
  #seen = true;

  constructor(bark: () => void) {
    void this.#watch(bark);
  }

  seen(): void {
    this.#seen = true;
  }

  end(): void {
    this.#ended.abort();
  }

  async #watch(bark: () => void): Promise<void> {
    while (this.#seen) {
      this.#seen = false;
      await systemTime.sleep(silenceMs, this.#ended.signal);
      if (this.#ended.signal.aborted) return;
    }
    bark();
  }
}

const answerMs = 10_000;
const silenceMs = 30_000;
