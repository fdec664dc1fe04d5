import type { TransportParts } from "../contract/mod.ts";
import type { NatsFailpoint } from "./failpoints.ts";
import type { ServerOptions } from "./server_options.ts";
import type { StreamsOptions } from "./streams.ts";

/** Connection and subjects of a process. */
export interface NatsNodeOptions extends ServerOptions {
  /** One token. */
  readonly site: string;
  /** Tokens joined by dots. */
  readonly subjectPrefix: string;
  /** JetStream domain of the streams; undefined: the domain of the connected server. */
  readonly jetstreamDomain?: string;
  /** Options for creating each stream, with the meters from the start. */
  readonly streams: StreamsOptions;
}

/** Dependencies of a node. */
export interface NatsNodeParts extends TransportParts {
  readonly options: NatsNodeOptions;
  /**
   * The options of the streams now: a limit can depend on the meters that come and go.
   *
   * @default the `streams` of `options`
   */
  readonly streams?: (() => StreamsOptions) | undefined;
  /** Called at each step of a delivery and of an answer, so that a test can end the process there. @default none */
  readonly failpoint?: NatsFailpoint | undefined;
}
