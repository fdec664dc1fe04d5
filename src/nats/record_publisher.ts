import { millis, type NatsConnection, type PubAck } from "nats";
import { errorText, type Log } from "../base/log.ts";
import type { Time } from "../base/time.ts";
import { ocmfResult, type Subjects } from "../contract/mod.ts";
import type { StoredRecord, StreamPlace } from "../journal/mod.ts";
import { type ExpectedStream, publishAcknowledged, streamLabel } from "./acknowledged.ts";
import { DoubtfulRecords } from "./doubtful_records.ts";
import type { NatsFailpoint } from "./failpoints.ts";
import { type Holder, serverDomain } from "./holder.ts";
import { refusalOf, UnknownWhetherKept, UnusableRecord } from "./refusal.ts";
import { findMessage } from "./stream_messages.ts";
import { streamName } from "./streams.ts";

/** What records are published with. */
export interface RecordPublisherOptions {
  readonly subjects: Subjects;
  /** JetStream domain in which a record has to be kept, where the configuration names one. */
  readonly domain: string | undefined;
  /** The stream that must acknowledge, where one is known. */
  holder(): Holder;
  /** Creates missing streams, and says whether it did. */
  mendStreams(connection: NatsConnection): Promise<boolean>;
  /** Called at each step of a delivery. */
  readonly failpoint: NatsFailpoint | undefined;
}

/** A record that its stream keeps. */
export interface KeptRecord extends StreamPlace {
  /** The stream had it already. */
  readonly isDuplicate: boolean;
}

/** Publishes one record and finds out whether its stream keeps it. */
export class RecordPublisher {
  readonly #options: RecordPublisherOptions;
  readonly #log: Log;
  readonly #doubtful: DoubtfulRecords;
  /** Whether the streams were looked at since the last attempt that succeeded. */
  #mended = false;

  constructor(options: RecordPublisherOptions, { log, time }: { log: Log; time: Time }) {
    this.#options = options;
    this.#log = log;
    this.#doubtful = new DoubtfulRecords(time);
  }

  /**
   * Publishes a record under its own name.
   *
   * @throws what `refusalOf` translates, or another error where the reason is not the record
   */
  async publish(connection: NatsConnection, row: StoredRecord): Promise<KeptRecord> {
    const payload = payloadOf(row, this.#options.subjects.site);
    const expected = await this.#expected(connection);
    const found = await this.#find(connection, row);
    if (found !== undefined) return found;
    try {
      return await this.#attempt(connection, row, payload, expected);
    } catch (error) {
      // No answer at all, or the wrong stream's: the stream may have been removed, or another one has the subject now
      const kind = refusalOf(error)?.kind;
      if (kind !== "unanswered" && kind !== "foreign" || this.#mended) throw error;
      this.#mended = true;
      // A stream that is new gets first what the one before it had
      if (await this.#options.mendStreams(connection)) throw error;
      const now = await this.#expected(connection);
      if (now.stream === expected.stream && now.domain === expected.domain) throw error;
      return await this.#attempt(connection, row, payload, now);
    }
  }

  /** The stream that has to acknowledge. */
  async #expected(connection: NatsConnection): Promise<ExpectedStream> {
    const { holder, mendStreams, domain, subjects } = this.#options;
    if (holder().state === "none") await mendStreams(connection);
    const found = holder();
    if (found.state === "held") return found;
    if (found.state === "unknown") {
      return { stream: streamName(subjects.prefix, "ocmf"), domain: domain ?? serverDomain(connection) };
    }
    throw new Error(`No stream holds ${subjects.record("*")}; create one, or set streams.ocmf.enabled: true`);
  }

  /** Where the stream has a record that was published without an acknowledgement. */
  async #find(connection: NatsConnection, { seq, meter, messageId }: StoredRecord): Promise<KeptRecord | undefined> {
    const { holder, subjects, domain } = this.#options;
    const stream = holder();
    if (!this.#doubtful.has(seq) || stream.state !== "held") return undefined;
    const last = await findMessage(connection, stream, { last_by_subj: subjects.record(meter) }, domain);
    if (last === undefined) {
      if (this.#doubtful.mayPublish(seq, millis(stream.config.duplicate_window))) return undefined;
      throw new UnknownWhetherKept(stream.stream);
    }
    this.#doubtful.settle(seq);
    if (last === "none" || last.messageId !== messageId) return undefined;
    return { stream: streamLabel(stream), streamSeq: last.seq, isDuplicate: true };
  }

  async #attempt(
    connection: NatsConnection,
    { seq, meter, messageId }: StoredRecord,
    payload: string,
    holder: ExpectedStream,
  ): Promise<KeptRecord> {
    const { subjects, failpoint } = this.#options;
    const subject = subjects.record(meter);
    failpoint?.("outbox.before_publish", subject);
    let ack: PubAck;
    try {
      ack = await publishAcknowledged(connection, { subject, payload, messageId, holder, timeoutMs: ackTimeoutMs });
    } catch (error) {
      if (refusalOf(error)?.isDoubtful === true) this.#doubtful.add(seq);
      throw error;
    }
    failpoint?.("outbox.after_acknowledgement", subject);
    this.#mended = false;
    this.#doubtful.settle(seq);
    const { stream, seq: streamSeq, duplicate: isDuplicate } = ack;
    this.#log.debug("delivered a record", { subject, stream, seq: streamSeq, duplicate: isDuplicate });
    return { stream: streamLabel(holder), streamSeq, isDuplicate };
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
