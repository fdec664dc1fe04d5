import { apiPrefix, streamName } from "../base/stream_names.ts";
import { subjectPrefix, subjectToken } from "../base/subject_tokens.ts";
import { nodeToken, Subjects } from "../base/subjects.ts";
import { systemTime } from "../base/time.ts";
import type { FaultPayload, PowermeterPayload, StatusPayload } from "../contract/mod.ts";
import type { ClientConnection } from "./connection.ts";
import { liveMessages } from "./live.ts";
import { MeterClient } from "./meter_client.ts";
import { type MeterFilter, type Received, received } from "./received.ts";
import type { ReceivedRecord } from "./received_record.ts";
import { receivedRecords, type RecordsOptions } from "./records.ts";
import type { Sleep } from "./retries.ts";
import { followedStates } from "./states.ts";

/** Options of a client. */
export interface ClientOptions {
  /** First tokens of all subjects: `subject_prefix` in the configuration of the nodes. @default `wattseal` */
  readonly prefix?: string;
  /** JetStream domain of the streams. @default that of the connected server */
  readonly domain?: string;
  /** First tokens of the subjects for answers: that of the connection. @default `_INBOX` */
  readonly inboxPrefix?: string;
  /** The pauses between attempts. @default the timers of the runtime */
  readonly time?: Sleep;
}

/** A client of the meters of a fleet. Runs in Deno, in Node and in browsers. */
export class WattsealClient {
  readonly #connection: ClientConnection;
  readonly #prefix: string;
  readonly #api: string;
  readonly #inboxPrefix: string;
  readonly #time: Sleep;

  /**
   * A client over a connection.
   *
   * @param connection an open connection of the package `nats` or `nats.ws`; the client never closes it
   * @throws {RangeError} the prefix is invalid
   */
  constructor(
    connection: ClientConnection,
    { prefix = "wattseal", domain, inboxPrefix = "_INBOX", time = systemTime }: ClientOptions = {},
  ) {
    if (!subjectPrefix.pattern.test(prefix)) {
      throw new RangeError(`Cannot use the prefix ${JSON.stringify(prefix)}: it must be ${subjectPrefix.allowed}`);
    }
    this.#connection = connection;
    this.#prefix = prefix;
    this.#api = apiPrefix(domain);
    this.#inboxPrefix = inboxPrefix;
    this.#time = time;
  }

  /**
   * A meter of a site. Sends no request.
   *
   * @throws {RangeError} the name of the site or of the meter is invalid
   */
  meter(site: string, meter: string): MeterClient {
    assertToken("site", site);
    assertToken("meter", meter);
    return new MeterClient(this.#connection, new Subjects(this.#prefix, site), meter, this.#time);
  }

  /**
   * All records, from the first one, each until it is acknowledged. A record can come more than once: its `id` is the
   * unique key. Several processes can share a consumer: each record goes to one of them.
   *
   * @throws {ClientError} the consumer does not exist, a permission is missing, or the connection is closed
   */
  records({ consumer = "billing", stream, signal }: RecordsOptions = {}): AsyncGenerator<ReceivedRecord, void, void> {
    const place = { api: this.#api, stream: stream ?? streamName(this.#prefix, "ocmf"), consumer };
    return receivedRecords(this.#connection, place, signal, this.#time);
  }

  /**
   * The readings of meters from now on. Readings during an interruption of the connection are only in the stream.
   *
   * @throws {RangeError} the name of the site or of the meter is invalid
   * @throws {ClientError} a permission is missing, or the connection is closed
   */
  async *readings(filter: MeterFilter = {}): AsyncGenerator<Received<PowermeterPayload>, void, void> {
    const { subjects, meter } = this.#filtered(filter);
    for await (const message of liveMessages(this.#connection, subjects.reading(meter), filter.signal)) {
      const item = received<PowermeterPayload>(message, subjects, false);
      if (item !== undefined) yield item;
    }
  }

  /**
   * The last status of each meter, then each new one; after a reconnection also what has changed in the meantime.
   *
   * @throws {RangeError} the name of the site or of the meter is invalid
   * @throws {ClientError} a permission is missing, there is no stream of states, or the connection is closed
   */
  async *states(filter: MeterFilter = {}): AsyncGenerator<Received<StatusPayload>, void, void> {
    const { subjects, meter } = this.#filtered(filter);
    for await (const item of this.#followed<StatusPayload>(subjects, subjects.status(meter), filter)) {
      // The status of a process has another schema
      if (item.meter !== nodeToken) yield item;
    }
  }

  /**
   * The last fault of each kind of each meter and process, active or cleared, then each change; after a reconnection
   * also what has changed in the meantime.
   *
   * @throws {RangeError} the name of the site or of the meter is invalid
   * @throws {ClientError} a permission is missing, there is no stream of states, or the connection is closed
   */
  async *faults(filter: MeterFilter = {}): AsyncGenerator<Received<FaultPayload>, void, void> {
    const { subjects, meter } = this.#filtered(filter);
    yield* this.#followed<FaultPayload>(subjects, subjects.fault(meter, "*"), filter);
  }

  #followed<Payload>(subjects: Subjects, filter: string, { signal }: MeterFilter) {
    return followedStates<Payload>(this.#connection, {
      api: this.#api,
      stream: streamName(this.#prefix, "state"),
      inboxPrefix: this.#inboxPrefix,
      subjects,
      filter,
      signal,
      time: this.#time,
    });
  }

  #filtered({ site, meter }: MeterFilter): { readonly subjects: Subjects; readonly meter: string } {
    if (site !== undefined) assertToken("site", site);
    if (meter !== undefined) assertToken("meter", meter);
    return { subjects: new Subjects(this.#prefix, site ?? "*"), meter: meter ?? "*" };
  }
}

function assertToken(what: string, name: string): void {
  if (subjectToken.pattern.test(name)) return;
  throw new RangeError(`Cannot use the ${what} ${JSON.stringify(name)}: it must be ${subjectToken.allowed}`);
}
