import { DiscardPolicy, nanos, RetentionPolicy, StorageType, type StreamConfig } from "nats";
import { type PublishedSuffix, Subjects } from "../contract/mod.ts";

/** How a stream is created where it does not exist. */
export interface StreamOptions {
  /** False: an administrator sees to it. */
  readonly enabled: boolean;
  readonly replicas: number;
  /** 0 = for ever. */
  readonly maxAgeDays: number;
  /** Absent = no limit. */
  readonly maxBytes?: number;
  /** Bytes that its messages take. With `scope: site` the limit of a stream of readings that has none. */
  readonly neededBytes?: number;
}

/** The three streams that keep what is published. */
export type StreamKind = "ocmf" | "readings" | "state";

/** All of them, the most important one first. */
export const streamKinds: readonly StreamKind[] = ["ocmf", "readings", "state"];

/** Options of each stream, and whose messages all of them take. */
export interface StreamsOptions extends Readonly<Record<StreamKind, StreamOptions>> {
  /**
   * `site`: only those of our site; `all`: those of every site with our prefix.
   *
   * @default "all"
   */
  readonly scope?: "all" | "site";
}

/** Name of a stream: the prefix in capitals, dots as `_`. */
export function streamName(prefix: string, kind: StreamKind): string {
  return `${prefix.toUpperCase().replaceAll(".", "_")}_${kind.toUpperCase()}`;
}

/** The settings with which a stream is created. */
export interface WantedStream extends Partial<StreamConfig> {
  readonly name: string;
  readonly num_replicas: number;
  readonly max_age: number;
  readonly duplicate_window: number;
}

/**
 * What a stream is created with.
 *
 * @param site whose messages it takes; `*` = those of every site
 */
export function streamConfig(prefix: string, kind: StreamKind, options: StreamOptions, site = "*"): WantedStream {
  const maxAgeMs = options.maxAgeDays * dayMs;
  return {
    name: streamName(prefix, kind),
    subjects: neededSubjects(prefix, site, kind),
    retention: RetentionPolicy.Limits,
    storage: StorageType.File,
    num_replicas: options.replicas,
    max_age: nanos(maxAgeMs),
    ...(options.maxBytes === undefined ? {} : { max_bytes: options.maxBytes }),
    ...own(kind, maxAgeMs),
  };
}

/** The subjects that a stream has to have so that it holds what one site publishes. */
export function neededSubjects(prefix: string, site: string, kind: StreamKind, meter = "*"): string[] {
  const subjects = new Subjects(prefix, site);
  return suffixes[kind].map((suffix) => subjects.of(meter, suffix));
}

const dayMs = 86_400_000;
const hourMs = 3_600_000;
const twoMinutesMs = 120_000;

const suffixes: Readonly<Record<StreamKind, readonly PublishedSuffix[]>> = {
  ocmf: ["ocmf"],
  readings: ["reading"],
  state: ["public_key", "status", "fault.*"],
};

function own(kind: StreamKind, maxAgeMs: number): Partial<StreamConfig> & Pick<WantedStream, "duplicate_window"> {
  // The server refuses a duplicate window that is longer than the messages' life.
  const window = (ms: number) => nanos(maxAgeMs === 0 ? ms : Math.min(ms, maxAgeMs));
  switch (kind) {
    case "ocmf":
      // A full stream refuses, and the record waits in the journal: discarding the oldest would lose one.
      return { duplicate_window: window(hourMs), discard: DiscardPolicy.New };
    case "readings":
      return { duplicate_window: window(twoMinutesMs) };
    case "state":
      return { duplicate_window: window(twoMinutesMs), max_msgs_per_subject: 1, allow_direct: true };
  }
}
