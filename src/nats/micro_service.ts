import {
  type Endpoint as NatsEndpoint,
  ErrorCode,
  headers,
  type NamedEndpointStats,
  type NatsConnection,
  NatsError,
  type Service,
  ServiceErrorCodeHeader,
  ServiceErrorHeader,
} from "nats";
import { errorText, type Log } from "../base/log.ts";
import type { Time } from "../base/time.ts";
import { version } from "../base/version.ts";
import { within } from "../base/waits.ts";
import { errorAnswer, requestBody, type ServedEndpoint } from "../contract/mod.ts";
import { busy } from "../transaction/mod.ts";
import { EndpointSubscriptions, type RequestMessage } from "./endpoint_subscriptions.ts";
import { FailureLog } from "./failure_log.ts";
import type { NatsFailpoint } from "./failpoints.ts";
import { Inbox } from "./inbox.ts";
import type { Denial } from "./missing_permission.ts";
import { requestTimeoutMs } from "./request_deadline.ts";

/** Options of the micro service. */
export interface MicroServiceOptions {
  readonly site: string;
  /** Id of this process. */
  readonly instance: string;
  /** The endpoints that are served from the start. */
  readonly served: readonly ServedEndpoint[];
  /** Called before and after each answer. */
  readonly failpoint: NatsFailpoint | undefined;
  /** Called when the server accepts these subscriptions. @default does nothing */
  readonly onAllowed?: (subscriptions: readonly Denial[]) => void;
  /**
   * Maximum bytes of waiting requests.
   *
   * @default see `Inbox`
   */
  readonly inboxBytes?: number;
}

/** A received request. */
interface Request {
  readonly served: ServedEndpoint;
  readonly message: RequestMessage;
  /** Monotonic time in milliseconds. */
  readonly arrivedAtMs: number;
}

/**
 * The NATS micro service `wattseal`: the endpoints of this process and of all its meters, with discovery and
 * statistics. Every answer to a ping contains the metadata of the service, so the metadata must be small.
 */
export class MicroService {
  readonly #options: MicroServiceOptions;
  readonly #log: Log;
  readonly #time: Time;
  readonly #tallies = new Map<string, Tally>();
  /** The answers that are being made, with the meter of each. */
  readonly #underWay = new Map<Promise<void>, string>();
  readonly #failures: FailureLog;
  readonly #inbox: Inbox<Request>;
  readonly #subscriptions: EndpointSubscriptions;

  constructor(options: MicroServiceOptions, { log, time }: { log: Log; time: Time }) {
    this.#options = options;
    this.#log = log;
    this.#time = time;
    this.#failures = new FailureLog(log, time);
    this.#inbox = new Inbox((request) => this.#begin(request), time, options.inboxBytes);
    this.#subscriptions = new EndpointSubscriptions({
      served: options.served,
      register: (connection, served) => this.#register(connection, served),
      take: (served, message) => this.#take(served, message),
      onAllowed: (subscriptions) => options.onAllowed?.(subscriptions),
    }, { log, time });
  }

  /** Serves on a new connection; after a reconnect the client does so itself. Resolves when requests can arrive. */
  async serve(connection: NatsConnection): Promise<void> {
    await this.#subscriptions.serve(connection);
  }

  /** Serves more endpoints, now or from the next connection on. */
  add(served: readonly ServedEndpoint[]): void {
    this.#subscriptions.add(served);
  }

  /**
   * Stops serving the endpoints of a meter. Resolves when the requests that have begun are answered. Waits at most
   * `withinMs` milliseconds for the confirmation of the server.
   */
  async remove(meter: string, withinMs: number): Promise<void> {
    await within(this.#subscriptions.remove(meter), withinMs, this.#time);
    await this.#inbox.emptied();
    await Promise.all([...this.#underWay].filter(([, of]) => of === meter).map(([work]) => work));
  }

  /** Retries the endpoints that the server refuses. */
  retry(): void {
    this.#subscriptions.retry();
  }

  /** Call it when the server refuses a subscription, which may belong to an endpoint. */
  denied(subject: string): void {
    this.#subscriptions.denied(subject);
  }

  /** Stops accepting requests. Waits at most `withinMs` milliseconds for the confirmation of the server. */
  async stop(withinMs: number): Promise<void> {
    await within(this.#subscriptions.stop(), withinMs, this.#time);
  }

  /** Resolves when every accepted request is answered, or after `withinMs` milliseconds. */
  async settled(withinMs: number): Promise<void> {
    await within(this.#inbox.emptied().then(() => Promise.all(this.#underWay.keys())), withinMs, this.#time);
    this.#failures.close();
  }

  async #register(connection: NatsConnection, served: readonly ServedEndpoint[]): Promise<Service> {
    const { site, instance } = this.#options;
    const service = await connection.services.add({
      name: "wattseal",
      version,
      description: `Meters of site ${site}`,
      metadata: { site, instance },
      statsHandler: (endpoint) => Promise.resolve(this.#complete(endpoint)),
    });
    for (const one of served) {
      const { subject, suffix, meter, queue, request, response } = one;
      service.addEndpoint(suffix.replaceAll(".", "_"), {
        subject,
        metadata: { site, meter, ...(request === undefined ? {} : { request }), response },
        ...(queue === undefined ? {} : { queue }),
        // A callback, not an iterator: a slow start on one meter must not delay a status request for another
        handler: (_error, message) => this.#take(one, message),
      });
    }
    return service;
  }

  #take(served: ServedEndpoint, message: RequestMessage): void {
    this.#tally(message.subject).requests++;
    const request = { served, message, arrivedAtMs: this.#time.mono() };
    if (this.#inbox.add(request, message.data.length)) return;
    if (isNeverRefused(request)) this.#begin(request);
    else this.#fail(request, busy(served.doing));
  }

  #begin(request: Request): void {
    const work = this.#answer(request).finally(() => this.#underWay.delete(work));
    this.#underWay.set(work, request.served.meter);
  }

  /** Answers one request with any content. Never throws. */
  async #answer(request: Request): Promise<void> {
    const { served, message, arrivedAtMs } = request;
    const startedMs = this.#time.mono();
    const tally = this.#tally(message.subject);
    let body: object = {};
    try {
      const untilMs = arrivedAtMs + requestTimeoutMs(message.headers);
      if (served.request !== undefined) body = requestBody(message.data);
      const answer = await served.answer(body, untilMs);
      if (answer === undefined) return;
      const { failpoint } = this.#options;
      if (failpoint !== undefined) await failpoint("answer.before_send", message.subject);
      respond(request, answer);
      if (failpoint !== undefined) await failpoint("answer.after_send", message.subject);
    } catch (error) {
      this.#fail(request, error, requestedId(body));
    } finally {
      tally.busyMs += this.#time.mono() - startedMs;
    }
  }

  #fail({ served, message }: Request, error: unknown, transactionId?: string): void {
    const { payload, code, number, description } = errorAnswer(error, served.doing, transactionId);
    // The answer to a request for a value is the value or an error
    const status = served.request === undefined ? "UNEXPECTED_ERROR" : payload.status;
    const tally = this.#tally(message.subject);
    tally.errors++;
    tally.lastError = description;
    this.#failures.add({
      meter: served.meter,
      endpoint: served.suffix,
      code,
      transaction: transactionId,
      error: payload.error ?? description,
    });
    try {
      const reply = headers();
      reply.set(ServiceErrorCodeHeader, String(number));
      reply.set(ServiceErrorHeader, description);
      message.respond(JSON.stringify({ ...payload, status }), { headers: reply });
    } catch (cause) {
      this.#log.warn("Cannot answer a request: the connection is closing", {
        meter: served.meter,
        endpoint: served.suffix,
        code,
        reason: errorText(cause),
      });
    }
  }

  #tally(subject: string): Tally {
    let tally = this.#tallies.get(subject);
    if (tally === undefined) {
      this.#tallies.set(subject, tally = { requests: 0, errors: 0, lastError: undefined, busyMs: 0 });
    }
    return tally;
  }

  /**
   * The client counts only errors and time until its handler returns; our work begins after that. It counts from zero
   * when the service is registered again.
   */
  #complete(endpoint: NatsEndpoint): void {
    const tally = this.#tallies.get(endpoint.subject);
    if (tally === undefined || !hasStats(endpoint)) return;
    const { stats } = endpoint;
    stats.num_requests = tally.requests;
    stats.num_errors = tally.errors;
    if (tally.lastError !== undefined) stats.last_error = tally.lastError;
    stats.processing_time = Math.round(tally.busyMs * 1e6);
    stats.average_processing_time = stats.num_requests === 0
      ? 0
      : Math.round(stats.processing_time / stats.num_requests);
  }
}

/** Sends an answer; if it is longer than the server permits, in its short form. @throws {NatsError} */
function respond({ served, message }: Request, answer: object): void {
  try {
    message.respond(JSON.stringify(answer));
  } catch (error) {
    const isTooLong = error instanceof NatsError && error.code === ErrorCode.MaxPayloadExceeded;
    if (!isTooLong || served.shorten === undefined) throw error;
    message.respond(JSON.stringify(served.shorten(answer)));
  }
}

interface Tally {
  requests: number;
  errors: number;
  lastError: string | undefined;
  /** Time spent on answers in milliseconds. */
  busyMs: number;
}

function hasStats(endpoint: NatsEndpoint): endpoint is NatsEndpoint & { stats: NamedEndpointStats } {
  return "stats" in endpoint;
}

/** Whether a request is accepted even if too many are waiting. */
function isNeverRefused({ served, message }: Request): boolean {
  try {
    return served.isNeverRefused?.(requestBody(message.data)) ?? false;
  } catch {
    return false;
  }
}

function requestedId(body: object): string | undefined {
  const id = "transaction_id" in body ? body.transaction_id : undefined;
  return typeof id === "string" && id.length <= 250 ? id : undefined;
}
