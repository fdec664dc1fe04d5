import { Feed } from "../base/feed.ts";
import type { Subjects } from "../base/subjects.ts";
import type { ClientConnection, ClientMessage } from "./connection.ts";
import { liveMessages } from "./live.ts";
import { type Received, received } from "./received.ts";
import { readRetained, type RetainedPlace } from "./retained.ts";
import { isUnanswered, repeated, type Sleep } from "./retries.ts";

/** Attempts to read the retained messages at the beginning; afterwards there is no limit. */
const firstAttempts = 3;

/** What an iteration of states needs. */
export interface StatesOptions extends RetainedPlace {
  readonly subjects: Subjects;
  /** Subject with wildcards. */
  readonly filter: string;
  readonly signal: AbortSignal | undefined;
  readonly time: Sleep;
}

/**
 * The retained messages of a subject, then each new one. After a reconnection, it delivers what has changed in the
 * meantime. A message is delivered once.
 *
 * @throws {ClientError} a permission is missing, there is no stream of states, or the connection is closed
 */
export async function* followedStates<Payload>(
  connection: ClientConnection,
  options: StatesOptions,
): AsyncGenerator<Received<Payload>, void, void> {
  const follower = new StateFollower<Payload>(connection, options);
  follower.start();
  try {
    yield* follower.feed;
  } finally {
    follower.end();
  }
  if (follower.failure !== undefined) throw follower.failure.error;
}

class StateFollower<Payload> {
  readonly feed = new Feed<Received<Payload>>();
  failure: { readonly error: unknown } | undefined;
  readonly #connection: ClientConnection;
  readonly #options: StatesOptions;
  readonly #ended = new AbortController();
  /** The last payload of each subject. */
  readonly #last = new Map<string, string>();
  /** Subjects with a live message of the present connection: a retained one is older. */
  readonly #newer = new Set<string>();

  constructor(connection: ClientConnection, options: StatesOptions) {
    this.#connection = connection;
    this.#options = options;
    options.signal?.addEventListener("abort", this.end, { once: true });
  }

  start(): void {
    if (this.#options.signal?.aborted === true) return this.end();
    void this.#untilFailure(this.#followLive());
    void this.#untilFailure(this.#followConnection());
  }

  readonly end = (): void => {
    this.#options.signal?.removeEventListener("abort", this.end);
    this.#ended.abort();
    this.feed.close();
  };

  async #untilFailure(work: Promise<void>): Promise<void> {
    try {
      await work;
    } catch (error) {
      if (!this.#ended.signal.aborted) this.failure = { error };
      this.end();
    }
  }

  async #followLive(): Promise<void> {
    for await (const message of liveMessages(this.#connection, this.#options.filter, this.#ended.signal)) {
      this.#newer.add(message.subject);
      this.#take(message, false);
    }
  }

  async #followConnection(): Promise<void> {
    const events = this.#connection.status();
    await this.#readRetained(firstAttempts);
    for await (const { type } of events) {
      if (this.#ended.signal.aborted) return;
      if (type === "disconnect") this.#newer.clear();
      if (type === "reconnect") await this.#readRetained(Infinity);
    }
  }

  async #readRetained(attempts: number): Promise<void> {
    const { filter, time } = this.#options;
    const read = () =>
      readRetained(this.#connection, this.#options, filter, (message) => this.#take(message, true), time);
    await repeated(read, { attempts, signal: this.#ended.signal }, time, isUnanswered);
  }

  #take(message: ClientMessage, isRetained: boolean): void {
    const text = new TextDecoder().decode(message.data);
    const isKnown = this.#newer.has(message.subject) || this.#last.get(message.subject) === text;
    if (isRetained && isKnown) return;
    this.#last.set(message.subject, text);
    const item = received<Payload>(message, this.#options.subjects, isRetained);
    if (item !== undefined) this.feed.push(item);
  }
}
