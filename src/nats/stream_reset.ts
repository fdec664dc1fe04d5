import { millis, type NatsConnection } from "nats";
import type { Log } from "../base/log.ts";
import type { Time } from "../base/time.ts";
import type { KnownStream, LiveJournal, StreamPlace } from "../journal/mod.ts";
import { streamLabel } from "./acknowledged.ts";
import type { StoringStream, StreamLookup } from "./stream_lookup.ts";
import { findMessage } from "./stream_messages.ts";

/** Dependencies of `StreamReset`. */
export interface StreamResetOptions {
  readonly journal: Pick<LiveJournal, "knownStream" | "noteStream" | "lastRecordInStream" | "redeliver">;
  /** JetStream domain of requests, if configured. */
  readonly domain: string | undefined;
  lookup(): StreamLookup;
  /** Checks the streams. */
  ensureStreams(connection: NatsConnection): Promise<boolean>;
}

/**
 * Detects that the stream of records has lost records: it was created again, or its last sequence number is smaller
 * than before. Puts the records that it may have lost into the outbox again.
 */
export class StreamReset {
  readonly #options: StreamResetOptions;
  readonly #log: Log;
  readonly #time: Time;
  #seen: StoringStream | undefined;
  #highest: StreamPlace | undefined;
  #isSuspicious = false;

  constructor(options: StreamResetOptions, { log, time }: { log: Log; time: Time }) {
    this.#options = options;
    this.#log = log;
    this.#time = time;
  }

  /** Call it when a stream has stored a record; a smaller sequence number than before means that it was reset. */
  stored(place: StreamPlace): void {
    const highest = this.#highest;
    if (highest?.stream === place.stream && place.streamSeq <= highest.streamSeq) this.#isSuspicious = true;
    else this.#highest = place;
  }

  /**
   * Compares the stream with its last known state. Call it while no record is being delivered.
   *
   * @returns whether delivered records were put into the outbox again
   */
  async check(connection: NatsConnection): Promise<boolean> {
    const { journal, lookup, ensureStreams } = this.#options;
    if (this.#isSuspicious) await ensureStreams(connection);
    this.#isSuspicious = false;
    let stream = lookup();
    // Without a creation time, this user may not read the state of the stream
    if (stream.state !== "found" || stream === this.#seen || stream.createdAt === "") return false;
    const name = streamLabel(stream);
    const known = journal.knownStream(name);
    let again = false;
    if (known !== undefined && isBehind(stream, known)) {
      // A state from before the last acknowledgement, or from a new leader, proves nothing
      await this.#time.sleep(recheckDelayMs);
      await ensureStreams(connection);
      stream = lookup();
      if (stream.state !== "found" || stream.createdAt === "" || streamLabel(stream) !== name) return false;
      again = isBehind(stream, known);
      if (again) await this.#sendAgain(connection, stream, known);
    }
    if (known === undefined || again) {
      await journal.noteStream({ stream: name, createdAt: stream.createdAt, lastSeq: stream.lastSeq });
      this.#highest = undefined;
    }
    this.#seen = stream;
    return again;
  }

  async #sendAgain(connection: NatsConnection, stream: StoringStream, known: KnownStream): Promise<void> {
    const { journal } = this.#options;
    const maxAgeMs = millis(stream.config.max_age);
    const lacksEndOnly = isSameStream(stream, known) && await this.#hasLast(connection, stream);
    const records = lacksEndOnly
      ? await journal.redeliver({ storedAfter: { stream: known.stream, streamSeq: stream.lastSeq } })
      : await journal.redeliver(maxAgeMs === 0 ? { all: true } : { sinceMs: this.#time.now() - maxAgeMs });
    this.#log.warn("The stream of records has lost messages; delivered records are sent again", {
      stream: known.stream,
      created: stream.createdAt,
      created_before: known.createdAt,
      last_seq: stream.lastSeq,
      last_seq_before: known.lastSeq,
      records,
    });
  }

  /** Whether the stream has the last of our records that it should have: then it also has the earlier ones. */
  async #hasLast(connection: NatsConnection, stream: StoringStream): Promise<boolean> {
    const last = this.#options.journal.lastRecordInStream(streamLabel(stream), stream.lastSeq);
    if (last === undefined) return false;
    const found = await findMessage(connection, stream, { seq: last.streamSeq }, this.#options.domain);
    return found !== undefined && found !== "none" && found.messageId === last.messageId;
  }
}

function isBehind(stream: StoringStream, known: KnownStream): boolean {
  return !isSameStream(stream, known) || stream.lastSeq < known.lastSeq;
}

function isSameStream({ createdAt }: StoringStream, known: KnownStream): boolean {
  return createdAt === known.createdAt || Date.parse(createdAt) === Date.parse(known.createdAt);
}

const recheckDelayMs = 2_000;
