import type { JetStreamManager, NatsConnection } from "nats";
import type { Log } from "../base/log.ts";
import type { Time } from "../base/time.ts";
import { TroubleLogs } from "../base/trouble_log.ts";
import { findBySubject, held, type Holder, holds, serverDomain, streamInfo } from "./holder.ts";
import { apiCode, jetstreamReason, subjectsOverlap } from "./jetstream_reason.ts";
import {
  addStream,
  differences,
  neededSubjects,
  streamConfig,
  type StreamKind,
  streamKinds,
  streamName,
  type StreamsOptions,
} from "./streams.ts";

/** What the keeper works with. */
export interface StreamKeeperOptions {
  readonly prefix: string;
  /** One token. */
  readonly site: string;
  readonly streams: StreamsOptions;
  /** JetStream domain in which the streams have to be. */
  readonly domain: string | undefined;
}

/** Creates the streams that are missing, again and again if need be, and knows which stream holds what we publish. */
export class StreamKeeper {
  readonly #options: StreamKeeperOptions;
  readonly #log: Log;
  readonly #holders = new Map<StreamKind, Holder>();
  readonly #troubles: TroubleLogs<StreamKind>;
  #complete = false;

  constructor(options: StreamKeeperOptions, { log, time }: { log: Log; time: Time }) {
    this.#options = options;
    this.#log = log;
    this.#troubles = new TroubleLogs(log, time);
  }

  /** The stream that holds our subjects of a kind, as it was at the last look. */
  holder(kind: StreamKind): Holder {
    return this.#holders.get(kind) ?? { state: "unknown" };
  }

  /** Whether at the last look every stream that is wanted existed, or another one held its subjects. */
  get complete(): boolean {
    return this.#complete;
  }

  /**
   * Looks at each stream and creates those that are wanted and missing. Never throws.
   *
   * @returns the streams that were created
   */
  async ensure(connection: NatsConnection): Promise<StreamKind[]> {
    const created: StreamKind[] = [];
    let complete = true;
    for (const kind of streamKinds) {
      const { enabled } = this.#options.streams[kind];
      try {
        if (await this.#look(connection, kind)) created.push(kind);
      } catch (error) {
        this.#holders.delete(kind);
        complete &&= !enabled;
        this.#troubles.of(kind).failed(
          enabled
            ? "cannot have a stream, so that nothing is kept there; trying again"
            : "cannot look for the stream that an administrator provides; trying again",
          {
            stream: streamName(this.#options.prefix, kind),
            reason: jetstreamReason(error, { domain: this.#options.domain }),
          },
        );
      }
    }
    this.#complete = complete;
    return created;
  }

  /** @returns whether the stream was created */
  async #look(connection: NatsConnection, kind: StreamKind): Promise<boolean> {
    const { prefix, site, streams, domain } = this.#options;
    const manager = await connection.jetstreamManager({
      ...(domain === undefined ? {} : { domain }),
      checkAPI: false,
      timeout: 5_000,
    });
    const config = streamConfig(prefix, kind, streams[kind]);
    const subjects = neededSubjects(prefix, site, kind);
    const stream = streamName(prefix, kind);
    const known = await streamInfo(manager, stream);
    const refusal = known === undefined && streams[kind].enabled ? await refusalOf(manager, config) : undefined;
    const created = known === undefined && streams[kind].enabled && refusal === undefined;
    const own = created ? await streamInfo(manager, stream) : known;
    if (created) this.#log.info("created a stream", { stream });
    else if (own !== undefined && this.holder(kind).state !== "held") {
      const differs = differences(config, { ...own.config });
      if (differs.length > 0) {
        this.#log.debug("a stream exists with other settings and is left alone", { stream, differs: differs.join() });
      }
    }
    const found = own !== undefined && holds(own, subjects) ? own : await findBySubject(manager, subjects);
    const expectedDomain = domain ?? serverDomain(connection);
    this.#holders.set(kind, found === undefined ? { state: "none" } : held(found, expectedDomain));
    if (refusal !== undefined) {
      this.#troubles.of(kind).failed("cannot have a stream, so that nothing is kept there; trying again", {
        stream,
        reason: jetstreamReason(refusal, { domain }),
      });
    } else this.#troubles.of(kind).over("the stream is there now", { stream });
    return created;
  }
}

/** Why a stream cannot be created where other streams have subjects of it. */
async function refusalOf(manager: JetStreamManager, config: ReturnType<typeof streamConfig>): Promise<unknown> {
  try {
    await addStream(manager, config);
    return undefined;
  } catch (error) {
    if (apiCode(error) === subjectsOverlap) return error;
    throw error;
  }
}
