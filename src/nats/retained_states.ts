import type { NatsConnection } from "nats";
import { type Time, timestamp } from "../base/time.ts";
import { faultSchema, type StateBoard, statusSchema, type Subjects } from "../contract/mod.ts";
import { faultKinds } from "../meter/mod.ts";
import { jetstreamOf } from "./jetstream_of.ts";
import { jetstreamReason } from "./jetstream_reason.ts";
import { LastMessages } from "./last_messages.ts";
import { removalRight } from "./needed_rights.ts";
import { isDenied, type StreamLookup } from "./stream_lookup.ts";
import { neededSubjects, streamName } from "./streams.ts";

/** Where the states are. */
export interface RetainedStatesOptions {
  readonly subjects: Subjects;
  /** JetStream domain of the stream of states, if configured. */
  readonly domain: string | undefined;
  readonly board: StateBoard;
  /** The stream that stores states. */
  lookup(): StreamLookup;
}

/** The states of a meter in the stream of states: status, public key and faults. */
export class RetainedStates {
  readonly #options: RetainedStatesOptions;
  readonly #time: Pick<Time, "now">;

  constructor(options: RetainedStatesOptions, time: Pick<Time, "now">) {
    this.#options = options;
    this.#time = time;
  }

  /** Every subject on which a meter can have a state. */
  subjectsOf(meter: string): string[] {
    const { subjects } = this.#options;
    const faults = Object.keys(faultKinds).map((kind) => subjects.fault(meter, kind));
    return [...faults, subjects.publicKey(meter), subjects.status(meter)];
  }

  /**
   * The last message on each subject that has one.
   *
   * @throws {Error} the stream cannot be read
   */
  async read(connection: NatsConnection, meter: string): Promise<ReadonlyMap<string, unknown>> {
    const { domain, lookup } = this.#options;
    const [found, stored] = [lookup(), new Map<string, unknown>()];
    if (found.state === "none") return stored;
    try {
      const reader = new LastMessages(connection, { domain, stream: this.#stream, lookup: found });
      await reader.each(this.subjectsOf(meter), (subject, data) => stored.set(subject, jsonIn(data)));
      return stored;
    } catch (cause) {
      const reason = jetstreamReason(cause, { domain });
      throw new Error(`Cannot read the last states of meter ${meter} in stream ${this.#stream}: ${reason}`, { cause });
    }
  }

  /**
   * Publishes that the meter was removed and that its faults are over: for clients that receive it now, and for streams
   * that have this one as a source, from which nothing is removed here.
   *
   * @param stored the result of `read`
   */
  end(meter: string, stored: ReadonlyMap<string, unknown>): void {
    const { subjects, board } = this.#options;
    const now = timestamp(this.#time.now());
    for (const [subject, payload] of stored) {
      const fault = faultSchema.safeParse(payload).data;
      if (fault?.active === true) board.set(subject, { ...fault, active: false, timestamp: now });
    }
    const subject = subjects.status(meter);
    const status = statusSchema.safeParse(stored.get(subject)).data;
    if (status !== undefined && status.removed !== true) {
      board.set(subject, { ...status, state: "stopped", removed: true, timestamp: now });
    }
    // An administrator may remove them in the meantime
    this.drop(meter);
  }

  /** Does not publish the last states of a meter again after a reconnect. */
  drop(meter: string): void {
    for (const subject of this.subjectsOf(meter)) this.#options.board.remove(subject);
  }

  /**
   * Removes the states from the stream, and nothing else: the stream may store other messages of the meter, too.
   *
   * @returns how many states were removed
   * @throws {Error} the server refuses; the message has the remedy
   */
  async purge(connection: NatsConnection, meter: string): Promise<number> {
    const { subjects: { prefix, site }, domain } = this.#options;
    const manager = await jetstreamOf(connection, domain);
    const stream = this.#stream;
    try {
      let removed = 0;
      for (const filter of neededSubjects(prefix, site, "state", meter)) {
        removed += (await manager.streams.purge(stream, { filter })).purged;
      }
      return removed;
    } catch (error) {
      throw new Error(
        `Cannot remove the last states of meter ${meter} from stream ${stream}: ${this.#remedy(error, meter)}`,
        {
          cause: error,
        },
      );
    }
  }

  get #stream(): string {
    const { lookup, subjects } = this.#options;
    const found = lookup();
    return found.state === "found" ? found.stream : streamName(subjects.prefix, "state");
  }

  #remedy(error: unknown, meter: string): string {
    const { domain, subjects: { prefix, site } } = this.#options;
    const command = `an administrator can remove them with: wattseal fleet site remove ${site} --meter ${meter}`;
    if (!isDenied(error)) return `${jetstreamReason(error, { domain })}; ${command}`;
    const line = `publish: { allow: ["${removalRight({ prefix, domain })}"] }`;
    return `a permission is missing; ${command}; on a server of this site alone, add ${line} to the permissions of ` +
      "this user";
  }
}

function jsonIn(data: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(data));
  } catch {
    return undefined;
  }
}
