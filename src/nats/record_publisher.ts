import { millis, type NatsConnection, type PubAck } from "nats";
import { errorText, type Log } from "../base/log.ts";
import type { Time } from "../base/time.ts";
import { ocmfResult, type Subjects } from "../contract/mod.ts";
import type { StoredRecord, StreamPlace } from "../journal/mod.ts";
import { type ExpectedStream, publishAcknowledged, streamLabel } from "./acknowledged.ts";
import { UnacknowledgedRecords } from "./unacknowledged_records.ts";
import { expectedStream } from "./expected_stream.ts";
import type { NatsFailpoint } from "./failpoints.ts";
import type { StreamLookup } from "./stream_lookup.ts";
import { refusalOf, UnconfirmedRecord, UnusableRecord } from "./refusal.ts";
import { findMessage } from "./stream_messages.ts";

/** Dependencies of the publisher. */
export interface RecordPublisherOptions {
  readonly subjects: Subjects;
  /** JetStream domain for records, if configured. */
  readonly domain: string | undefined;
  /** The stream that must acknowledge, if known. */
  lookup(): StreamLookup;
  /** Creates missing streams. Returns whether it did. */
  ensureStreams(connection: NatsConnection): Promise<boolean>;
  /** Called at each step of a delivery. */
  readonly failpoint: NatsFailpoint | undefined;
}

/** A record that its stream has stored. */
export interface DeliveredRecord extends StreamPlace {
  /** Whether the stream already had it. */
  readonly isDuplicate: boolean;
}

/** Publishes one record and checks whether its stream has stored it. */
export class RecordPublisher {
  readonly #options: RecordPublisherOptions;
  readonly #log: Log;
  readonly #unacknowledged: UnacknowledgedRecords;
  /** Whether the streams were checked since the last successful attempt. */
  #streamsEnsured = false;

  constructor(options: RecordPublisherOptions, { log, time }: { log: Log; time: Time }) {
    this.#options = options;
    this.#log = log;
    this.#unacknowledged = new UnacknowledgedRecords(time);
  }

  /**
   * Publishes a record with its message id.
   *
   * @throws an error that `refusalOf` translates, or another error if the cause is not the record
   */
  async publish(connection: NatsConnection, row: StoredRecord): Promise<DeliveredRecord> {
    const payload = payloadOf(row, this.#options.subjects.site);
    const expected = await this.#expected(connection);
    const found = await this.#find(connection, row);
    if (found !== undefined) return found;
    try {
      return await this.#attempt(connection, row, payload, expected);
    } catch (error) {
      // No answer, or an answer of another stream: the stream may have been removed, or another one has the subject now
      const kind = refusalOf(error)?.kind;
      if (kind !== "unanswered" && kind !== "foreign" || this.#streamsEnsured) throw error;
      this.#streamsEnsured = true;
      // A new stream first gets the records of the previous one
      if (await this.#options.ensureStreams(connection)) throw error;
      const now = await this.#expected(connection);
      if (now.stream === expected.stream && now.domain === expected.domain) throw error;
      return await this.#attempt(connection, row, payload, now);
    }
  }

  #expected(connection: NatsConnection): Promise<ExpectedStream> {
    const { subjects } = this.#options;
    const { prefix } = subjects;
    return expectedStream(connection, { ...this.#options, kind: "ocmf", prefix, subject: subjects.record("*") });
  }

  /** Position of a record in the stream that was published without an acknowledgement. */
  async #find(
    connection: NatsConnection,
    { seq, meter, messageId }: StoredRecord,
  ): Promise<DeliveredRecord | undefined> {
    const { lookup, subjects, domain } = this.#options;
    const stream = lookup();
    if (!this.#unacknowledged.has(seq) || stream.state !== "found") return undefined;
    const last = await findMessage(connection, stream, { last_by_subj: subjects.record(meter) }, domain);
    if (last === undefined) {
      if (this.#unacknowledged.mayPublish(seq, millis(stream.config.duplicate_window))) return undefined;
      throw new UnconfirmedRecord(stream.stream);
    }
    this.#unacknowledged.remove(seq);
    if (last === "none" || last.messageId !== messageId) return undefined;
    return { stream: streamLabel(stream), streamSeq: last.seq, isDuplicate: true };
  }

  async #attempt(
    connection: NatsConnection,
    { seq, meter, messageId }: StoredRecord,
    payload: string,
    expected: ExpectedStream,
  ): Promise<DeliveredRecord> {
    const { subjects, failpoint } = this.#options;
    const subject = subjects.record(meter);
    if (failpoint !== undefined) await failpoint("outbox.before_publish", subject);
    let ack: PubAck;
    try {
      ack = await publishAcknowledged(connection, { subject, payload, messageId, expected, timeoutMs: ackTimeoutMs });
    } catch (error) {
      if (refusalOf(error)?.mayBeStored === true) this.#unacknowledged.add(seq);
      throw error;
    }
    if (failpoint !== undefined) await failpoint("outbox.after_acknowledgement", subject);
    this.#streamsEnsured = false;
    this.#unacknowledged.remove(seq);
    const { stream, seq: streamSeq, duplicate: isDuplicate } = ack;
    this.#log.debug("Delivered a record", { subject, stream, seq: streamSeq, duplicate: isDuplicate });
    return { stream: streamLabel(expected), streamSeq, isDuplicate };
  }
}

function payloadOf(row: StoredRecord, site: string): string {
  try {
    return JSON.stringify(ocmfResult(row, site));
  } catch (error) {
    throw new UnusableRecord(errorText(error));
  }
}

const ackTimeoutMs = 5_000;
