import type { Log } from "../base/log.ts";
import type { Time } from "../base/time.ts";
import { within } from "../base/waits.ts";
import {
  canSucceedLater,
  isNotAccepted,
  type MeterClient,
  NobodyThereError,
  NotPermittedError,
  type RefusalCode,
  RefusedError,
  type StartFields,
} from "../client/mod.ts";
import { Attempts, type AttemptsOptions } from "./attempts.ts";
import type { MeterTopics } from "./meter_topics.ts";
import type { MqttSender } from "./mqtt_sender.ts";
import { errorReply, type Reply, startReply, stopReply } from "./replies.ts";
import { type EverestRequest, startRequest, stopRequest, UnusableRequestError } from "./requests.ts";

/** Time from the receipt of a request to its reply. */
export const replyWithinMs = 35_000;
/** An attempt without an answer: the service was restarted. A repeated start or stop with the same id is safe. */
const attemptMs = 5_000;
/** EVerest has one transaction for a meter, so more requests than this are an error in another program. */
const maxWaiting = 32;
/** Stops continue after their reply; more than these are not attempted at the same time. */
const maxStops = 32;

/** A start that is not over. */
interface PendingStart {
  readonly attempts: Attempts;
  /** Also the reply to a repeated request. */
  readonly answer: Promise<Reply>;
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

/**
 * Answers the requests of EVerest about the transactions of one meter, each within {@linkcode replyWithinMs}. A later
 * request decides about earlier ones that are still attempted, so their order is kept although requests are repeated.
 */
export class MeterRequests {
  readonly #deps: MeterRequestsDeps;
  /** Stops that are not over, by transaction. They continue after their reply, so that the record follows. */
  readonly #stops = new Map<string, Attempts>();
  /** Stops of the open transaction that are not over. */
  readonly #openStops = new Set<Attempts>();
  /** Starts that are not over, by transaction. Only the last one is attempted again. */
  readonly #starts = new Map<string, PendingStart>();
  readonly #waiting = new Set<Promise<void>>();

  constructor(deps: MeterRequestsDeps) {
    this.#deps = deps;
  }

  /** Takes a request to start a transaction. */
  start(message: Uint8Array): void {
    this.#take("start", message, startRequest, ({ transaction_id: id }) => `transaction ${id}`, async (fields) => {
      const { meter } = this.#deps;
      const id = fields.transaction_id;
      if (this.#stops.has(id)) {
        return errorReply(`Cannot start transaction ${id} on ${meter.name}: it is being stopped`);
      }
      // A start that fails may need a stop
      if (this.#stops.size >= maxStops) return this.#tooManyStops(`start transaction ${id}`);
      return await (this.#starts.get(id) ?? this.#begin(fields)).answer;
    });
  }

  /** Takes a request to stop a transaction. */
  stop(message: Uint8Array): void {
    this.#take("stop", message, stopRequest, transactionText, async (id) => {
      const { meter, time } = this.#deps;
      if (id !== "" && !this.#stops.has(id) && this.#stops.size >= maxStops) {
        return this.#tooManyStops(`stop transaction ${id}`);
      }
      const attempts = id === "" ? this.#stopOpen() : this.#stopNamed(id);
      const reply = await inTime(attempts, time);
      if (reply !== undefined) return reply;
      const text = `Cannot stop ${transactionText(id)} on ${meter.name} within ${seconds}: ${reasonOf(attempts)}. ` +
        "The record will follow: a repeated stop gets it, and it is published";
      if (id === "") attempts.giveUp(text);
      return errorReply(text);
    });
  }

  /** Resolves when each request has its reply. */
  async answered(): Promise<void> {
    await Promise.all(this.#waiting);
  }

  #begin(fields: StartFields & { readonly transaction_id: string }): PendingStart {
    const { meter, closing } = this.#deps;
    const id = fields.transaction_id;
    const reason = `EVerest has asked to start transaction ${id} since`;
    for (const stop of this.#openStops) {
      stop.giveUp(`Cannot stop the open transaction on ${meter.name}: ${reason}, which ends another transaction first`);
    }
    let mayHaveBegun = false;
    const attempts = this.#attempts({
      attempt: () => meter.start(fields, { attempts: 1, timeoutMs: attemptMs, signal: closing }).then(startReply),
      mayRepeat: canSucceedLater,
      onFailure: (error) => mayHaveBegun ||= !isWithoutEffect(error),
      after: this.#giveUpStarts(reason),
    });
    const start = { attempts, answer: this.#startAnswer(id, attempts) };
    this.#starts.set(id, start);
    void attempts.reply.then(({ status }) => {
      this.#starts.delete(id);
      if (status !== "OK" && mayHaveBegun) this.#stopUnwanted(id);
    });
    return start;
  }

  async #startAnswer(id: string, attempts: Attempts): Promise<Reply> {
    const { meter, time } = this.#deps;
    const reply = await inTime(attempts, time);
    if (reply !== undefined) return reply;
    const text = `Cannot start transaction ${id} on ${meter.name} within ${seconds}: ${reasonOf(attempts)}. ` +
      "If it has begun nevertheless, it is stopped, and its record is published";
    // A start after its reply would begin a transaction that nobody wants
    attempts.giveUp(text);
    void attempts.reply.then(({ status }) => {
      if (status === "OK") this.#stopUnwanted(id);
    });
    return errorReply(text);
  }

  /** EVerest has got an error for the start of this transaction, so it may never stop it. */
  #stopUnwanted(id: string): void {
    if (this.#deps.closing.aborted) return;
    this.#deps.log.info("A start whose reply is an error may have begun its transaction; it is stopped", {
      transaction_id: id,
    });
    this.#stopNamed(id);
  }

  /** Resolves when no start has an attempt in progress: a request before that could be carried out first. */
  #giveUpStarts(reason: string): Promise<unknown> | undefined {
    if (this.#starts.size === 0) return undefined;
    return Promise.all([...this.#starts.keys()].map((id) => this.#giveUpStart(id, reason)));
  }

  #giveUpStart(id: string, reason: string): Promise<unknown> | undefined {
    const attempts = this.#starts.get(id)?.attempts;
    attempts?.giveUp(`Cannot start transaction ${id} on ${this.#deps.meter.name}: ${reason}`);
    return attempts?.reply;
  }

  #stopNamed(id: string): Attempts {
    const present = this.#stops.get(id);
    if (present !== undefined) return present;
    const { meter, log, time, closing } = this.#deps;
    const begunAtMs = time.mono();
    const stop = this.#attempts({
      attempt: () => meter.stop(id, { attempts: 1, timeoutMs: attemptMs, signal: closing }).then(stopReply),
      mayRepeat: canSucceedLater,
      after: this.#giveUpStart(id, "EVerest has asked to stop it since"),
    });
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
  #stopOpen(): Attempts {
    const { meter, closing } = this.#deps;
    const stop = this.#attempts({
      attempt: () => meter.stop("", { attempts: 1, timeoutMs: replyWithinMs, signal: closing }).then(stopReply),
      mayRepeat: isNotAccepted,
      after: this.#giveUpStarts("EVerest has asked to stop the open transaction since"),
    });
    this.#openStops.add(stop);
    void stop.reply.then(() => this.#openStops.delete(stop));
    return stop;
  }

  #tooManyStops(what: string): Reply {
    return errorReply(
      `Cannot ${what} on ${this.#deps.meter.name}: ${maxStops} stops have not succeeded yet; check that the service runs ` +
        "and its meter is online, and repeat it later",
    );
  }

  #attempts(options: Pick<AttemptsOptions, "attempt" | "mayRepeat" | "onFailure" | "after">): Attempts {
    const { closing, meter, time } = this.#deps;
    const closingReply = errorReply(
      `Cannot finish the request for ${meter.name}: wattseal everest is being stopped; repeat it later`,
    );
    return new Attempts({ ...options, closing, closingReply, time });
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

function reasonOf({ problem }: Attempts): string {
  return problem ?? "the service has not answered yet";
}

/** Refusals of a start before its work begins. */
const codesBeforeBegin: readonly RefusalCode[] = ["BUSY", "INVALID_REQUEST", "NOT_SUPPORTED", "TRANSACTION_OPEN"];

/** Whether a start that ended with this error has begun no transaction. */
function isWithoutEffect(error: unknown): boolean {
  return error instanceof NobodyThereError || error instanceof NotPermittedError ||
    error instanceof RefusedError && codesBeforeBegin.includes(error.code);
}

/** The reply; undefined: it takes longer. */
async function inTime({ reply }: Attempts, time: Time): Promise<Reply | undefined> {
  let result: Reply | undefined;
  await within(reply.then((done) => result = done), replyWithinMs, time);
  return result;
}
