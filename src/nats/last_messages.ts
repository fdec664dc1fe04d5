import { ErrorCode, type NatsConnection, NatsError } from "nats";
import { jetstreamOf } from "./jetstream_of.ts";
import { apiCode, messageNotFound, streamNotFound } from "./jetstream_reason.ts";
import { apiPrefix } from "./needed_rights.ts";
import type { StreamLookup } from "./stream_lookup.ts";

/** Where messages are read. */
export interface LastMessagesOptions {
  /** JetStream domain of the stream, if configured. */
  readonly domain: string | undefined;
  /** Name of the stream if it was not found. */
  readonly stream: string;
  /** The stream that stores the subjects. */
  readonly lookup: StreamLookup;
}

/**
 * Reads the last message of each of some subjects, with a direct get if the stream supports it. Reads each subject
 * separately, because the permission to list subjects would expose all sites.
 */
export class LastMessages {
  readonly #connection: NatsConnection;
  readonly #domain: string | undefined;
  readonly #stream: string;
  #direct: boolean;

  constructor(connection: NatsConnection, { domain, stream, lookup }: LastMessagesOptions) {
    this.#connection = connection;
    this.#domain = domain;
    this.#stream = lookup.state === "found" ? lookup.stream : stream;
    this.#direct = offersDirect(lookup);
  }

  /**
   * Calls `take` with the last message of each subject that has one.
   *
   * @throws {NatsError} the stream cannot be read
   */
  async each(subjects: readonly string[], take: (subject: string, data: Uint8Array) => void): Promise<void> {
    const one = async (subject: string) => {
      const data = await this.#read(subject);
      if (data !== undefined) take(subject, data);
    };
    const [first, ...others] = subjects;
    // The first request is sent alone, so that a refusal is reported once
    if (first !== undefined) await one(first);
    for (let next = 0; next < others.length; next += atOnce) {
      await Promise.all(others.slice(next, next + atOnce).map(one));
    }
  }

  async #read(subject: string): Promise<Uint8Array | undefined> {
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
