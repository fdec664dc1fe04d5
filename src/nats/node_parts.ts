import type { TransportParts } from "../contract/mod.ts";
import type { NatsFailpoint } from "./failpoints.ts";
import type { ServerOptions } from "./server_options.ts";
import type { StreamsOptions } from "./streams.ts";

/** Where and as whom a process is on the bus. */
export interface NatsNodeOptions extends ServerOptions {
  /** One token. */
  readonly site: string;
  /** Tokens joined by dots. */
  readonly subjectPrefix: string;
  /** Where the streams are, unless in the domain of the server itself. */
  readonly jetstreamDomain?: string;
  /** How each stream is created where it is missing. */
  readonly streams: StreamsOptions;
}

/** What a node is made of. */
export interface NatsNodeParts extends TransportParts {
  readonly options: NatsNodeOptions;
  /** Called at each step of a delivery and of an answer, so that a test can end the process there. @default nothing */
  readonly failpoint?: NatsFailpoint | undefined;
}
