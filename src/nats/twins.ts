import type { Msg, NatsConnection, Subscription } from "nats";
import { errorText, type Log } from "../base/log.ts";
import type { NodeIdentity } from "../base/node_identity.ts";
import { systemTime, type Time } from "../base/time.ts";
import { within } from "../base/waits.ts";
import { type NodeInstancePayload, nodeToken, type Publish, type Subjects } from "../contract/mod.ts";
import type { NodeHealth } from "../health/mod.ts";
import { flushed } from "./connection.ts";
import { duplicateText } from "./duplicate_text.ts";
import { askInstances, instanceIn } from "./instances.ts";
import type { Denial } from "./missing_permission.ts";
import { type MeterNames, Peers, unnamedInstance } from "./peers.ts";
import { servedElsewhere } from "./served_elsewhere.ts";
import { processLocation } from "./process_location.ts";

/** Dependencies of `Twins`. */
export interface TwinsOptions {
  readonly site: string;
  readonly identity: NodeIdentity;
  readonly subjects: Subjects;
  /** The meters of this process. */
  readonly meters: MeterNames;
  readonly health: Pick<NodeHealth, "raise" | "clear">;
  /** The connection; undefined while it is down. */
  live(): NatsConnection | undefined;
  /** Called when the server accepts these subjects. */
  onAllowed(subjects: readonly Denial[]): void;
  /** Called when the last twin of this serving process has stopped. */
  onAlone(): void;
}

/**
 * Finds twins: other processes that serve a meter with the same name at the same site. The processes of a site exchange
 * questions and answers on one subject. A process that has not served yet waits for a process that serves; a process
 * that has served continues. Both raise `DuplicateSite`.
 */
export class Twins {
  readonly #options: TwinsOptions;
  readonly #log: Log;
  readonly #time: Time;
  readonly #peers: Peers;
  readonly #subject: string;
  readonly #closing = new AbortController();
  #state: NodeInstancePayload["state"] = "starting";
  #yieldsTo: string | undefined;
  #hadTwins = false;
  #listening: { readonly connection: NatsConnection; readonly subscription: Subscription } | undefined;
  /** Whether a process that was not questioned yet has sent a message. */
  #hasNews = false;
  readonly #decided = Promise.withResolvers<void>();
  #deciding: Promise<void> | undefined;
  #wake = new AbortController();

  constructor(options: TwinsOptions, { log, time }: { log: Log; time: Time }) {
    this.#options = options;
    this.#log = log;
    this.#time = time;
    this.#peers = new Peers(options.identity, options.meters);
    this.#subject = options.subjects.instance;
  }

  /** Whether this process serves its meters. */
  get isActive(): boolean {
    return this.#state === "active";
  }

  /** Whether another process serves its meters. */
  get isPassive(): boolean {
    return this.#state === "passive";
  }

  /** Wraps `publish`: while this process does not serve its meters, only faults of the process are published. */
  gate(publish: Publish): Publish {
    const faults = this.#options.subjects.fault(nodeToken, "");
    return (subject, payload) => (this.isActive || subject.startsWith(faults)) && publish(subject, payload);
  }

  /**
   * Looks for twins after the first decision, until `close`.
   *
   * @param onTakeover called when the process for which this one waited has stopped, so that this one serves now
   */
  async start(onTakeover: (connection: NatsConnection) => void): Promise<void> {
    await this.#decided.promise;
    while (!this.#closing.signal.aborted) {
      const connection = this.#options.live();
      if (connection !== undefined) {
        if (await this.#round(connection, roundMs) && this.#updateState()) onTakeover(connection);
        if (this.#hasNews) continue;
      }
      // `close` may have been called during the round
      if (this.#closing.signal.aborted) return;
      this.#wake = new AbortController();
      await this.#time.sleep(this.#peers.twins.length > 0 ? intervalWithTwinMs : intervalMs, this.#wake.signal);
    }
  }

  /** Resolves when it is decided whether this process serves its meters, or when the connection is lost. */
  async connected(connection: NatsConnection): Promise<void> {
    this.#wake.abort();
    while (this.#state === "starting" && this.#options.live() === connection) {
      this.#deciding ??= this.#decide(connection).finally(() => this.#deciding = undefined);
      await this.#deciding;
    }
  }

  /** Call it when a meter was added or removed: other processes may be twins now, or no longer. */
  metersChanged(): void {
    this.#hasNews = true;
    this.#wake.abort();
  }

  /** Call it when the server refuses a subscription; a subscription to questions is retried in each round. */
  denied(subject: string): void {
    if (subject !== this.#subject) return;
    this.#listening?.subscription.unsubscribe();
    this.#listening = undefined;
  }

  /** Publishes that this process ends. */
  close(): void {
    this.#closing.abort();
    this.#wake.abort();
    this.#decided.resolve();
    this.#state = "stopped";
    const connection = this.#options.live();
    if (connection === undefined) return;
    this.#attempt(() => connection.publish(this.#subject, JSON.stringify(this.#payload(connection))));
  }

  /** Looks for twins before the process serves. Decides nothing if the server was not reachable all the time. */
  async #decide(connection: NatsConnection): Promise<void> {
    const { subjects, meters } = this.#options;
    this.#peers.beginRound();
    const asked = this.#ask(connection);
    // Sent after the question: if no process listens, the server reports it, and there is no answer to wait for
    this.#listen(connection);
    const [unnamed] = await Promise.all([
      servedElsewhere(connection, subjects, meters.names, roundMs),
      within(asked, roundMs, systemTime),
    ]);
    // Processes that start at the same moment receive the next question, or answer ours
    for (let round = 0; round < maxFirstRounds; round++) {
      if (!(await this.#round(connection, shortMs))) return;
      if (!this.#hasNews && this.#peers.haveAnswered) break;
    }
    if (unnamed.length > 0 && !this.#peers.knowsActive) this.#peers.answered(unnamedProcess(unnamed));
    this.#updateState();
    this.#decided.resolve();
  }

  /** @returns false: the server was not reachable all the time, so a missing answer proves nothing */
  async #round(connection: NatsConnection, ms: number): Promise<boolean> {
    this.#hasNews = false;
    this.#listen(connection);
    this.#peers.beginRound();
    void this.#ask(connection);
    await Promise.all([this.#requestUnnamed(connection), systemTime.sleep(ms, this.#closing.signal)]);
    // After a stall of this machine, messages that have arrived are read before the round ends
    for (let trip = 0; trip < roundTrips; trip++) {
      if (!(await flushed(connection, answerMs, systemTime))) return false;
    }
    if (this.#options.live() !== connection || this.#closing.signal.aborted) return false;
    this.#peers.endRound();
    return true;
  }

  /** Questions all processes of the site. Resolves when no more answers can arrive. Never rejects. */
  #ask(connection: NatsConnection): Promise<void> {
    const question = this.#payload(connection);
    return askInstances(connection, this.#subject, { question, ms: answerMs }, (other) => this.#peers.answered(other));
  }

  #listen(connection: NatsConnection): void {
    if (this.#listening?.connection === connection) return;
    const callback = (error: Error | null, message: Msg) => {
      if (error === null) this.#attempt(() => this.#take(connection, message));
      else this.denied(this.#subject);
    };
    this.#attempt(() => {
      this.#listening = { connection, subscription: connection.subscribe(this.#subject, { callback }) };
    });
  }

  /** Runs work that fails if the connection is being closed. */
  #attempt(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#log.debug("Cannot send a message to the other processes of the site", { reason: errorText(error) });
    }
  }

  /** Answers a question, and questions its sender if this process does not know it yet. */
  #take(connection: NatsConnection, message: Msg): void {
    const other = instanceIn(message);
    if (other?.instance === this.#options.identity.instance) return this.#options.onAllowed(this.#ways);
    message.respond(JSON.stringify(this.#payload(connection)));
    if (other === undefined || !this.#peers.needsQuestion(other)) return;
    if (other.state === "stopped") this.#peers.leaves(other.instance);
    this.#hasNews = true;
    this.#wake.abort();
  }

  /** An earlier release does not answer the question, but it answers requests to its meters. */
  async #requestUnnamed(connection: NatsConnection): Promise<void> {
    const known = this.#peers.twins.find(({ payload }) => payload.instance === unnamedInstance);
    if (known === undefined) return;
    const meters = this.#peers.knowsActive || this.isActive
      ? []
      : await servedElsewhere(connection, this.#options.subjects, known.meters, roundMs);
    if (meters.length > 0) this.#peers.answered(unnamedProcess(meters));
    else this.#peers.leaves(unnamedInstance);
  }

  /** @returns whether this process starts to serve after it has waited */
  #updateState(): boolean {
    const { health, site, identity: own } = this.#options;
    const wasPassive = this.isPassive;
    if (this.#state !== "active") {
      const verdict = this.#peers.verdict();
      this.#state = verdict.serves ? "active" : "passive";
      this.#yieldsTo = verdict.serves ? undefined : verdict.yieldsTo;
    }
    const { twins } = this.#peers;
    if (twins.length === 0) health.clear("DuplicateSite");
    else health.raise("DuplicateSite", duplicateText({ site, own, isActive: this.isActive, twins }));
    if (this.#hadTwins && twins.length === 0 && this.isActive) this.#options.onAlone();
    this.#hadTwins = twins.length > 0;
    return wasPassive && this.isActive;
  }

  /** The operations that this process needs to receive its own questions. */
  get #ways(): Denial[] {
    return (["publish", "subscribe"] as const).map((operation) => ({ operation, subject: this.#subject }));
  }

  #payload(connection: NatsConnection): NodeInstancePayload {
    const { identity, meters } = this.#options;
    return {
      ...identity,
      state: this.#state,
      ...(this.#yieldsTo === undefined ? {} : { yields_to: this.#yieldsTo }),
      meters: [...meters.names],
      ...processLocation(connection),
    };
  }
}

/** Interval of the questions in milliseconds: without a known twin, and with one. */
const intervalMs = 30_000;
const intervalWithTwinMs = 5_000;

/**
 * Waiting time for answers in milliseconds: for any process, and for processes that start at the same time. It is real
 * time, like the timeouts of the client, because other processes need it to answer.
 */
const roundMs = 1_000;
const shortMs = 250;

/** Time for which an answer counts, in milliseconds. */
const answerMs = 10_000;

const maxFirstRounds = 8;
const roundTrips = 5;

function unnamedProcess(meters: readonly string[]): NodeInstancePayload {
  return { instance: unnamedInstance, state: "active", meters: [...meters] };
}
