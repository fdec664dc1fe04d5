import type { Log } from "../base/log.ts";
import type { NodeIdentity } from "../base/node_identity.ts";
import type { Time } from "../base/time.ts";
import type { LineReport, ServedMeter } from "../contract/mod.ts";
import type { NodeHealth } from "../health/mod.ts";
import type { LiveJournal } from "../journal/mod.ts";
import type { Spool } from "../spool/mod.ts";
import type { NatsFailpoint } from "./failpoints.ts";
import type { OutboxOptions } from "./outbox.ts";
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
export interface NatsNodeParts {
  readonly options: NatsNodeOptions;
  readonly identity: NodeIdentity;
  readonly meters: readonly ServedMeter[];
  /** The lines as they are now. */
  readonly lines: () => readonly LineReport[];
  readonly journal: Pick<LiveJournal, "undelivered" | "eachRecord" | "size"> & OutboxOptions["journal"];
  readonly health: Pick<NodeHealth, "faults" | "clockSynchronised" | "raise" | "clear">;
  /** Where readings wait until their stream has them; whoever opened it closes it. */
  readonly spool: Spool;
  readonly time: Time;
  readonly log: Log;
  /** Called at each step of a delivery and of an answer, so that a test can end the process there. @default nothing */
  readonly failpoint?: NatsFailpoint | undefined;
}
