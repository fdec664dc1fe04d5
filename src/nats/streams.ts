import { DiscardPolicy, nanos, RetentionPolicy, StorageType, type StreamConfig } from "nats";
import { type StreamKind, streamName } from "../base/stream_names.ts";
import { dayMs, hourMs } from "../base/time.ts";
import { type PublishedSuffix, Subjects } from "../contract/mod.ts";

export { type StreamKind, streamName };

/** Options for creating a missing stream. */
export interface StreamOptions {
  /** False: an administrator creates it. */
  readonly enabled: boolean;
  readonly replicas: number;
  /** 0: no limit. */
  readonly maxAgeDays: number;
  /** Undefined: no limit. */
  readonly maxBytes?: number;
  /**
   * Estimated bytes of its messages; with `scope: site`, the limit of a stream of readings without a configured limit.
   */
  readonly neededBytes?: number;
}

/** All kinds, the most important first. */
export const streamKinds: readonly StreamKind[] = ["ocmf", "readings", "state", "intervals"];

/** Options of each stream, and the sites whose messages they store. */
export interface StreamsOptions extends Readonly<Record<Exclude<StreamKind, "intervals">, StreamOptions>> {
  /** Undefined: no meter has intervals, so that their stream is neither created nor checked. */
  readonly intervals?: StreamOptions;
  /**
   * `site`: only the messages of our site; `all`: the messages of every site with our prefix.
   *
   * @default "all"
   */
  readonly scope?: "all" | "site";
}

/** The kinds of streams that a process uses, the most important first. */
export function usedKinds(streams: StreamsOptions): readonly StreamKind[] {
  return streamKinds.filter((kind) => streams[kind] !== undefined);
}

/** The options of a stream; one that is not used is not created. */
export function optionsOf(streams: StreamsOptions, kind: StreamKind): StreamOptions {
  return streams[kind] ?? { enabled: false, replicas: 1, maxAgeDays: 0 };
}

/** The settings with which a stream is created. */
export interface WantedStream extends Partial<StreamConfig> {
  readonly name: string;
  readonly num_replicas: number;
  readonly max_age: number;
  readonly duplicate_window: number;
}

/**
 * Settings for creating a stream.
 *
 * @param site site whose messages it stores; `*`: every site
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

/** The subjects that a stream must have to store the messages of one site. */
export function neededSubjects(prefix: string, site: string, kind: StreamKind, meter = "*"): string[] {
  const subjects = new Subjects(prefix, site);
  return suffixes[kind].map((suffix) => subjects.of(meter, suffix));
}

const twoMinutesMs = 120_000;

const suffixes: Readonly<Record<StreamKind, readonly PublishedSuffix[]>> = {
  ocmf: ["ocmf"],
  readings: ["reading"],
  state: ["public_key", "status", "fault.*"],
  intervals: ["interval"],
};

function own(kind: StreamKind, maxAgeMs: number): Partial<StreamConfig> & Pick<WantedStream, "duplicate_window"> {
  // The server refuses a duplicate window that is longer than the maximum age of messages
  const window = (ms: number) => nanos(maxAgeMs === 0 ? ms : Math.min(ms, maxAgeMs));
  switch (kind) {
    case "ocmf":
      // A full stream refuses a record, which then waits in the journal; discarding the oldest one would lose a record
      // No API call can remove a record: neither that of a wrong command nor that of a stolen password
      return { duplicate_window: window(hourMs), discard: DiscardPolicy.New, deny_delete: true, deny_purge: true };
    case "intervals":
      // The same id is sent again after a restart
      return { duplicate_window: window(hourMs) };
    case "readings":
      return { duplicate_window: window(twoMinutesMs) };
    case "state":
      return { duplicate_window: window(twoMinutesMs), max_msgs_per_subject: 1, allow_direct: true };
  }
}
