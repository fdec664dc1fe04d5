import type { NatsConnection } from "nats";
import { errorText, type Log } from "../base/log.ts";
import type { Time } from "../base/time.ts";
import { TroubleLogs } from "../base/trouble_log.ts";
import {
  apiCode,
  ensureStream,
  streamConfig,
  type StreamKind,
  streamName,
  type StreamsOptions,
  subjectsOverlap,
} from "./streams.ts";

/** Creates the streams that are missing, again and again if need be, and complains once about what stands in the way. */
export class StreamKeeper {
  readonly #prefix: string;
  readonly #options: StreamsOptions;
  readonly #domain: string | undefined;
  readonly #log: Log;
  readonly #present = new Set<StreamKind>();
  readonly #troubles: TroubleLogs<StreamKind>;
  #complete = false;

  constructor(
    prefix: string,
    options: StreamsOptions,
    domain: string | undefined,
    { log, time }: { log: Log; time: Time },
  ) {
    this.#prefix = prefix;
    this.#options = options;
    this.#domain = domain;
    this.#log = log;
    this.#troubles = new TroubleLogs(log, time);
  }

  /** The stream's name where it is known to exist; absent where other people's streams keep its subjects. */
  nameOf(kind: StreamKind): string | undefined {
    return this.#present.has(kind) ? streamName(this.#prefix, kind) : undefined;
  }

  /** Whether at the last look every stream that is wanted existed, or another one held its subjects. */
  get complete(): boolean {
    return this.#complete;
  }

  /**
   * Looks at each stream that is wanted and creates those that are missing. Never throws.
   *
   * @returns the streams that were created
   */
  async ensure(connection: NatsConnection): Promise<StreamKind[]> {
    const created: StreamKind[] = [];
    let complete = true;
    for (const kind of kinds) {
      if (!this.#options[kind].enabled) continue;
      try {
        if (await this.#ensureOne(connection, kind)) created.push(kind);
      } catch (error) {
        this.#present.delete(kind);
        if (apiCode(error) !== subjectsOverlap) complete = false;
        this.#troubles.of(kind).failed("cannot have a stream, so that nothing is kept there; trying again", {
          stream: streamName(this.#prefix, kind),
          reason: errorText(error),
        });
      }
    }
    this.#complete = complete;
    return created;
  }

  async #ensureOne(connection: NatsConnection, kind: StreamKind): Promise<boolean> {
    const domain = this.#domain === undefined ? {} : { domain: this.#domain };
    const manager = await connection.jetstreamManager({ ...domain, checkAPI: false, timeout: 5_000 });
    const config = streamConfig(this.#prefix, kind, this.#options[kind]);
    const { created, differs } = await ensureStream(manager, config);
    const stream = config.name ?? "";
    if (created) this.#log.info("created a stream", { stream });
    else if (!this.#present.has(kind) && differs.length > 0) {
      this.#log.debug("a stream exists with other settings and is left alone", { stream, differs: differs.join() });
    }
    this.#troubles.of(kind).over("the stream is there now", { stream });
    this.#present.add(kind);
    return created;
  }
}

const kinds: readonly StreamKind[] = ["ocmf", "readings", "state"];
