import type { Log } from "../base/log.ts";
import type { Time } from "../base/time.ts";
import { LinkedAbort, within } from "../base/waits.ts";
import type { MeterClient } from "../client/mod.ts";
import type { MeterTopics } from "./meter_topics.ts";
import type { MqttSender } from "./mqtt_sender.ts";
import { errorReply, failedReply, type Reply, sentenceOf, startReply, stopReply } from "./replies.ts";
import { type EverestRequest, startRequest, stopRequest, UnusableRequestError } from "./requests.ts";

/** Time from the receipt of a request to its reply. */
export const replyWithinMs = 35_000;
/** An attempt without an answer: the service was restarted. A repeated start or stop with the same id is safe. */
const attemptMs = 5_000;
/** EVerest has one transaction for a meter, so more requests than this are an error in another program. */
const maxWaiting = 32;

/** Work for a request, and why it has not succeeded yet. */
interface Attempts {
  readonly reply: Promise<Reply>;
  /** Undefined: no attempt has failed. */
  problem(): string | undefined;
}

/** What a {@linkcode MeterRequests} uses. */
export interface MeterRequestsDeps {
  readonly meter: Pick<MeterClient, "name" | "start" | "stop">;
  readonly topics: MeterTopics;
  readonly sender: MqttSender;
  readonly log: Log;
  readonly time: Time;
  /** Aborted when the process ends: everything that waits gets a reply. */
  readonly closing: AbortSignal;
}

/** Answers the requests of EVerest about the transactions of one meter, each within {@linkcode replyWithinMs}. */
export class MeterRequests {
  readonly #deps: MeterRequestsDeps;
  /** Stops that are not over, by transaction. They continue after their reply, so that the record follows. */
  readonly #stops = new Map<string, Attempts>();
  readonly #waiting = new Set<Promise<void>>();

  constructor(deps: MeterRequestsDeps) {
    this.#deps = deps;
  }

  /** Takes a request to start a transaction. */
  start(message: Uint8Array): void {
    this.#take("start", message, startRequest, ({ transaction_id: id }) => `transaction ${id}`, async (fields) => {
      const { meter, closing, time } = this.#deps;
      // A start after its reply would begin a transaction that nobody wants
      using limit = new LinkedAbort(closing);
      const work = this.#attempts((onRetry) =>
        meter.start(fields, { attempts: Infinity, timeoutMs: attemptMs, signal: limit.signal, onRetry }).then(
          startReply,
        )
      );
      return await inTime(work, time) ?? errorReply(
        `Cannot start transaction ${fields.transaction_id} on ${meter.name} within ${seconds}: ${reasonOf(work)}. ` +
          "If it has begun nevertheless, the record will follow: a repeated start succeeds, and a stop gets the record",
      );
    });
  }

  /** Takes a request to stop a transaction. */
  stop(message: Uint8Array): void {
    this.#take("stop", message, stopRequest, transactionText, async (id) => {
      const { meter, closing, time } = this.#deps;
      using limit = new LinkedAbort(closing);
      const work = id === "" ? this.#stopOpen(limit.signal) : this.#stopNamed(id);
      return await inTime(work, time) ?? errorReply(
        `Cannot stop ${transactionText(id)} on ${meter.name} within ${seconds}: ${reasonOf(work)}. The record will ` +
          "follow: a repeated stop gets it, and it is published",
      );
    });
  }

  /** Resolves when each request has its reply. */
  async answered(): Promise<void> {
    await Promise.all(this.#waiting);
  }

  #stopNamed(id: string): Attempts {
    const present = this.#stops.get(id);
    if (present !== undefined) return present;
    const { meter, log, time, closing } = this.#deps;
    const begunAtMs = time.mono();
    const stop = this.#attempts((onRetry) =>
      meter.stop(id, { attempts: Infinity, timeoutMs: attemptMs, signal: closing, onRetry }).then(stopReply)
    );
    this.#stops.set(id, stop);
    void stop.reply.then(({ status, error }) => {
      this.#stops.delete(id);
      if (time.mono() - begunAtMs < replyWithinMs || closing.aborted) return;
      const fields = { transaction_id: id, ...(error !== undefined && { reason: error }) };
      if (status === "OK") log.info("A late stop has succeeded; a repeated stop gets the record", fields);
      else log.warn("A late stop has failed", fields);
    });
    return stop;
  }

  /** Is not repeated once the service may have it: the next attempt could stop a transaction that has begun since. */
  #stopOpen(signal: AbortSignal): Attempts {
    return this.#attempts((onRetry) =>
      this.#deps.meter.stop("", { attempts: Infinity, timeoutMs: replyWithinMs, signal, onRetry }).then(stopReply)
    );
  }

  #attempts(begin: (onRetry: (error: unknown) => void) => Promise<Reply>): Attempts {
    let problem: string | undefined;
    const { closing, meter } = this.#deps;
    const reply = begin((error) => problem = sentenceOf(error)).catch((error: unknown) =>
      closing.aborted
        ? errorReply(`Cannot finish the request for ${meter.name}: wattseal everest is being stopped; repeat it later`)
        : failedReply(error)
    );
    return { reply, problem: () => problem };
  }

  #take<Body>(
    verb: "start" | "stop",
    message: Uint8Array,
    parse: (message: Uint8Array) => EverestRequest<Body>,
    describe: (body: Body) => string,
    work: (body: Body) => Promise<Reply>,
  ): void {
    const { log, time } = this.#deps;
    const untilMs = time.mono() + replyWithinMs;
    let request: EverestRequest<Body>;
    try {
      request = parse(message);
    } catch (error) {
      if (!(error instanceof UnusableRequestError)) throw error;
      log.warn(error.message, { bytes: message.length });
      this.#reply(error.replyTo, errorReply(error.message), untilMs);
      return;
    }
    const { replyTo, body } = request;
    const what = `${verb} ${describe(body)}`;
    if (this.#waiting.size >= maxWaiting) {
      this.#reply(
        replyTo,
        errorReply(`Cannot ${what}: ${maxWaiting} requests wait for this meter; repeat it later`),
        untilMs,
      );
      return;
    }
    log.info(`EVerest asks to ${what}`);
    const answer = work(body).then((reply) => {
      if (reply.error === undefined) log.info(`EVerest gets the reply to ${what}`);
      else log.warn(`EVerest gets an error as the reply to ${what}`, { reason: reply.error });
      this.#reply(replyTo, reply, untilMs);
      this.#waiting.delete(answer);
    });
    this.#waiting.add(answer);
  }

  #reply(replyTo: string | undefined, reply: Reply, untilMs: number): void {
    if (replyTo === undefined) return;
    const { topics, sender, log } = this.#deps;
    const topic = topics.reply(replyTo);
    if (topic === undefined) log.warn("A reply cannot be sent: replyTo is no topic without + and #", { replyTo });
    else sender.sendUntil(topic, reply, untilMs);
  }
}

const seconds = `${replyWithinMs / 1000} s`;

function transactionText(id: string): string {
  return id === "" ? "the open transaction" : `transaction ${id}`;
}

function reasonOf(work: Attempts): string {
  return work.problem() ?? "the service has not answered yet";
}

/** The reply; undefined: it takes longer. */
async function inTime({ reply }: Attempts, time: Time): Promise<Reply | undefined> {
  let result: Reply | undefined;
  await within(reply.then((done) => result = done), replyWithinMs, time);
  return result;
}
