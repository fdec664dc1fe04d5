import {
  AckPolicy,
  type ConsumerAPI,
  DeliverPolicy,
  type Msg,
  nanos,
  type NatsConnection,
  RequestStrategy,
} from "nats";
import { Mutex } from "../base/mutex.ts";
import type { Time } from "../base/time.ts";
import { findStream } from "../fleet/mod.ts";
import { apiCode, apiPrefix, deniedIn, jetstreamOf, messageNotFound } from "../nats/mod.ts";

/** A message of the stream of records. */
export interface StreamMessage {
  /** Number in the stream. */
  readonly seq: number;
  readonly subject: string;
  readonly data: Uint8Array;
  /** `Nats-Msg-Id`; empty: it has none. */
  readonly messageId: string;
  /** When the stream stored it, by the clock of its server, in milliseconds since 1970. */
  readonly storedAtMs: number;
}

/** A piece of the stream of records. */
export interface StreamSlice {
  /** Newest first; only messages of the requested subjects. */
  readonly messages: readonly StreamMessage[];
  /** The lowest number that the piece covers. */
  readonly from: number;
}

/** Which messages are read. */
export interface StreamRange {
  /** Subject with wildcards. */
  readonly filter: string;
  /** Only messages with a lower number. @default all */
  readonly before?: number | undefined;
  /** Only messages with a higher number. @default all */
  readonly after?: number | undefined;
}

/** The connection and the stream. */
export interface RecordStreamParts {
  readonly nats: NatsConnection;
  readonly prefix: string;
  readonly domain: string | undefined;
  readonly time: Pick<Time, "sleep">;
}

/** There is no stream of records. */
export class NoRecordStreamError extends Error {
  override readonly name = "NoRecordStreamError";
  readonly code = "NO_STREAM";
}

/** Too many searches run. */
export class BusyRecordStreamError extends Error {
  override readonly name = "BusyRecordStreamError";
  readonly code = "BUSY";
}

/** Searches at the same time. */
const maxReaders = 50;
/** Messages of one piece. */
const sliceMessages = 256;
/** A piece with more messages or bytes is read again with a smaller range. */
const maxMessages = 2 * sliceMessages;
const maxBytes = 16 * 1024 * 1024;
/** Largest range of numbers: most of its messages have other subjects. */
const maxWidth = 2 ** 20;
/** After each piece: readers of the page get at most this share of the server's time. */
const pauseMs = 10;
const answerMs = 5_000;
/** The server removes a consumer that nobody removed. */
const unusedMs = 10_000;

/** A range of numbers in the stream; `end` is not included. */
interface Range {
  readonly stream: string;
  readonly filter: string;
  readonly from: number;
  readonly end: number;
  /** Number of messages from `end` on; undefined: unknown. */
  readonly after: number | undefined;
}

interface Read {
  /** Newest first; undefined: there are too many. */
  readonly messages: readonly StreamMessage[] | undefined;
  /** Number of messages from the begin of the range on. */
  readonly pending: number;
}

/**
 * Reads the stream of records backwards, one piece at a time, so that many readers of the page do not load the server.
 * Also reads a stream of a hub, which has sources and no subjects.
 */
export class RecordStream {
  readonly #parts: RecordStreamParts;
  readonly #turns = new Mutex();
  #readers = 0;
  #mayDelete = true;

  constructor(parts: RecordStreamParts) {
    this.#parts = parts;
  }

  /**
   * One message; undefined: the stream does not have it.
   *
   * @throws {NoRecordStreamError} there is no stream of records
   * @throws {NatsError} JetStream does not answer, or refuses
   */
  async message(seq: number): Promise<StreamMessage | undefined> {
    const { name } = await this.#find();
    const manager = await jetstreamOf(this.#parts.nats, this.#parts.domain, answerMs);
    try {
      const { subject, data, header, time } = await manager.streams.getMessage(name, { seq });
      return { seq, subject, data, messageId: header?.get("Nats-Msg-Id") ?? "", storedAtMs: time.getTime() };
    } catch (error) {
      if (apiCode(error) === messageNotFound) return undefined;
      throw error;
    }
  }

  /**
   * The messages of a range, newest first.
   *
   * @throws {NoRecordStreamError} there is no stream of records
   * @throws {BusyRecordStreamError} too many others read it now
   * @throws {NatsError} JetStream does not answer, or refuses
   */
  async *backwards(range: StreamRange): AsyncGenerator<StreamSlice, void, void> {
    if (this.#readers >= maxReaders) {
      throw new BusyRecordStreamError(`Cannot read records: ${maxReaders} others read them now; try again later`);
    }
    this.#readers++;
    try {
      yield* this.#slices(range);
    } finally {
      this.#readers--;
    }
  }

  async *#slices(range: StreamRange): AsyncGenerator<StreamSlice, void, void> {
    const { filter, before = Infinity, after: above = 0 } = range;
    const { name: stream, firstSeq: first, lastSeq } = await this.#find();
    const firstSeq = Math.max(first, above + 1);
    let end = Math.min(before, lastSeq + 1);
    let after = before > lastSeq ? 0 : undefined;
    let width = sliceMessages;
    yield { messages: [], from: end };
    while (end > firstSeq) {
      const from = Math.max(firstSeq, end - width);
      const { messages, pending } = await this.#turns.run(() => this.#read({ stream, filter, from, end, after }));
      if (messages === undefined) {
        width = Math.max(1, Math.floor(Math.min(width, end - firstSeq) / 4));
        continue;
      }
      yield { messages, from };
      if (messages.length < sliceMessages / 2) width = Math.min(maxWidth, 4 * width);
      [end, after] = [from, pending];
      await this.#parts.time.sleep(pauseMs);
    }
  }

  async #find(): Promise<{ name: string; firstSeq: number; lastSeq: number }> {
    const { nats, prefix, domain } = this.#parts;
    const info = await findStream(await jetstreamOf(nats, domain, answerMs), prefix, "ocmf");
    if (info !== undefined) {
      return { name: info.config.name, firstSeq: info.state.first_seq, lastSeq: info.state.last_seq };
    }
    throw new NoRecordStreamError(
      `Cannot read records: there is no stream with the records of ${prefix}; create it with \`wattseal fleet setup\``,
    );
  }

  /** Reads a range. A second time if messages are missing: the stream can have removed them by their age meanwhile. */
  async #read(range: Range): Promise<Read> {
    try {
      return await this.#readOnce(range);
    } catch (error) {
      if (error instanceof MissingMessagesError) return await this.#readOnce(range);
      throw error;
    }
  }

  async #readOnce({ stream, filter, from, end, after }: Range): Promise<Read> {
    const { nats, domain } = this.#parts;
    const { consumers } = await jetstreamOf(nats, domain, answerMs);
    const { name, num_pending: pending } = await consumers.add(stream, {
      ack_policy: AckPolicy.None,
      deliver_policy: DeliverPolicy.StartSequence,
      opt_start_seq: from,
      filter_subject: filter,
      inactive_threshold: nanos(unusedMs),
      mem_storage: true,
      num_replicas: 1,
    });
    try {
      const count = Math.min(after === undefined ? pending : pending - after, end - from);
      if (count <= 0) return { messages: [], pending };
      if (count > maxMessages && end - from > 1) return { messages: undefined, pending };
      return { messages: await this.#pull(stream, name, count, end), pending };
    } finally {
      void this.#delete(consumers, stream, name);
    }
  }

  /** Deletes a consumer. Without the permission, it is not tried again: the server logs each refused attempt. */
  async #delete(consumers: ConsumerAPI, stream: string, name: string): Promise<void> {
    if (!this.#mayDelete) return;
    try {
      await consumers.delete(stream, name);
    } catch (error) {
      if (deniedIn(error) !== undefined) this.#mayDelete = false;
    }
  }

  /** @returns undefined: they are too long */
  async #pull(stream: string, consumer: string, count: number, end: number): Promise<StreamMessage[] | undefined> {
    const { nats, domain } = this.#parts;
    // A single message is read whatever its size
    const body = JSON.stringify({ batch: count, no_wait: true, ...(count > 1 && { max_bytes: maxBytes }) });
    const answers = await nats.requestMany(`${apiPrefix(domain)}.CONSUMER.MSG.NEXT.${stream}.${consumer}`, body, {
      strategy: RequestStrategy.Count,
      maxMessages: count,
      maxWait: answerMs,
      // The answers have the subjects of the messages
      noMux: true,
    });
    const messages: StreamMessage[] = [];
    for await (const answer of answers) {
      const { code = 0, description = "" } = answer.headers ?? {};
      if (code === 409 && tooLong.test(description)) return undefined;
      if (noMore.includes(code)) break;
      if (code !== 0) throw new Error(`Cannot read stream ${stream}: the server answered ${code} ${description}`);
      const message = streamMessage(answer);
      if (message.seq < end) messages.unshift(message);
      if (message.seq >= end || messages.length === count) return messages;
    }
    throw new MissingMessagesError(
      `Cannot read stream ${stream}: the server sent ${messages.length} of ${count} messages`,
    );
  }
}

class MissingMessagesError extends Error {
  override readonly name = "MissingMessagesError";
}

/** Description of a pull that exceeds its bytes; its status has other reasons, too, such as a change of the leader. */
const tooLong = /exceeds maxbytes/i;
/** Statuses of a pull: there are no more messages now. */
const noMore: readonly number[] = [404, 408];

/** The subject for the acknowledgement has number and time; with a domain, it has two tokens more before the stream. */
function streamMessage({ subject, data, headers, reply = "" }: Msg): StreamMessage {
  const tokens = reply.split(".");
  const shift = tokens.length > 9 ? 2 : 0;
  return {
    seq: Number(tokens[shift + 5]),
    subject,
    data,
    messageId: headers?.get("Nats-Msg-Id") ?? "",
    storedAtMs: Math.floor(Number(tokens[shift + 7]) / 1e6),
  };
}
