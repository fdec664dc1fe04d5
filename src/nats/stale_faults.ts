import { ErrorCode, type NatsConnection, NatsError } from "nats";
import { errorText, type Log } from "../base/log.ts";
import { timestamp } from "../base/time.ts";
import { faultSchema, nodeToken, type StateBoard, type Subjects } from "../contract/mod.ts";
import { nodeFaultKinds } from "../health/mod.ts";
import { faultKinds } from "../meter/mod.ts";
import type { StreamLookup } from "./stream_lookup.ts";
import { apiPrefix } from "./needed_rights.ts";
import { jetstreamOf } from "./jetstream_of.ts";
import { apiCode, messageNotFound, streamNotFound } from "./jetstream_reason.ts";

/** The subjects of all faults that a process and its meters can have. */
export function faultSubjects(subjects: Subjects, meters: readonly string[]): string[] {
  const of = (meter: string, kinds: object) => Object.keys(kinds).map((kind) => subjects.fault(meter, kind));
  return [...of(nodeToken, nodeFaultKinds), ...meters.flatMap((meter) => of(meter, faultKinds))];
}

/** The places where faults of an earlier process can be stored. */
export interface StaleFaultsOptions {
  /** Name of our stream of states, if it is unknown which stream stores them. */
  readonly stream: string;
  /** JetStream domain of the stream, if configured. */
  readonly domain: string | undefined;
  /** Every fault subject of this process and of the meters that it serves now. */
  subjects(): readonly string[];
  readonly board: StateBoard;
  /** The stream that stores states. */
  lookup(): StreamLookup;
  /** Wall clock in milliseconds. */
  now(): number;
}

/**
 * Clears the faults that an earlier process has left raised; this process raises them again if they still exist. Does
 * not change faults of meters that this process does not serve. Reads each subject separately, because the permission
 * to list subjects would expose all sites.
 */
export class StaleFaults {
  readonly #options: StaleFaultsOptions;
  readonly #log: Log;
  #cleared = false;

  constructor(options: StaleFaultsOptions, log: Log) {
    this.#options = options;
    this.#log = log;
  }

  /** Another process may have left faults since then, or a meter was added: the next `clear` reads again. */
  expectFaults(): void {
    this.#cleared = false;
  }

  /** Clears the faults once; after a failure the next call retries. Never throws. */
  async clear(connection: NatsConnection): Promise<void> {
    const { domain } = this.#options;
    const subjects = this.#options.subjects();
    const lookup = this.#options.lookup();
    if (this.#cleared) return;
    this.#cleared = true;
    const stream = lookup.state === "found" ? lookup.stream : this.#options.stream;
    try {
      const reader = new LastMessages(connection, { domain, stream, direct: offersDirect(lookup) });
      const [first, ...others] = subjects;
      // The first request is sent alone, so that a refusal is reported once
      if (first !== undefined) await this.#clearOne(reader, first);
      for (let next = 0; next < others.length; next += atOnce) {
        await Promise.all(others.slice(next, next + atOnce).map((subject) => this.#clearOne(reader, subject)));
      }
    } catch (error) {
      this.#cleared = false;
      this.#log.debug("Cannot read the faults of an earlier run; retrying", { reason: errorText(error) });
    }
  }

  async #clearOne(reader: LastMessages, subject: string): Promise<void> {
    const { board, now } = this.#options;
    if (board.has(subject)) return;
    const fault = faultSchema.safeParse(jsonOrNothing(await reader.read(subject))).data;
    // This process may have raised the fault in the meantime
    if (fault?.active !== true || board.has(subject)) return;
    board.set(subject, { ...fault, active: false, timestamp: timestamp(now()) });
  }
}

/** Reads the last message of a subject, with a direct get if the stream supports it. */
class LastMessages {
  readonly #connection: NatsConnection;
  readonly #domain: string | undefined;
  readonly #stream: string;
  #direct: boolean;

  constructor(
    connection: NatsConnection,
    { domain, stream, direct }: { domain: string | undefined; stream: string; direct: boolean },
  ) {
    this.#connection = connection;
    this.#domain = domain;
    this.#stream = stream;
    this.#direct = direct;
  }

  async read(subject: string): Promise<Uint8Array | undefined> {
    try {
      if (this.#direct) return await this.#readDirectly(subject);
    } catch (error) {
      if (!isUnanswered(error)) throw error;
      this.#direct = false;
    }
    return await this.#readStored(subject);
  }

  /** The subject is part of the request subject, so that permissions can limit it to one site. */
  async #readDirectly(subject: string): Promise<Uint8Array | undefined> {
    const request = `${apiPrefix(this.#domain)}.DIRECT.GET.${this.#stream}.${subject}`;
    const { data, headers } = await this.#connection.request(request, "", { timeout: directMs });
    return headers?.code === noMessage ? undefined : data;
  }

  async #readStored(subject: string): Promise<Uint8Array | undefined> {
    const manager = await jetstreamOf(this.#connection, this.#domain);
    try {
      return (await manager.streams.getMessage(this.#stream, { last_by_subj: subject })).data;
    } catch (error) {
      const code = apiCode(error);
      if (code === messageNotFound || code === streamNotFound) return undefined;
      throw error;
    }
  }
}

/** Whether to try a direct get: if no stream supports it, there is no answer. */
function offersDirect(lookup: StreamLookup): boolean {
  return lookup.state === "found" ? lookup.config.allow_direct : lookup.state === "unknown";
}

function isUnanswered(error: unknown): boolean {
  return error instanceof NatsError && (error.code === ErrorCode.NoResponders || error.code === ErrorCode.Timeout);
}

const atOnce = 100;
const directMs = 2_000;
const noMessage = 404;

function jsonOrNothing(data: Uint8Array | undefined): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(data));
  } catch {
    return undefined;
  }
}
