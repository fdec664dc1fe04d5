import { DiscardPolicy, type JetStreamManager, nanos, RetentionPolicy, StorageType, type StreamConfig } from "nats";
import { apiCode, streamNameInUse } from "./jetstream_reason.ts";

/** How a stream is created where it does not exist. */
export interface StreamOptions {
  /** False: an administrator sees to it. */
  readonly enabled: boolean;
  readonly replicas: number;
  /** 0 = for ever. */
  readonly maxAgeDays: number;
  /** Absent = no limit. */
  readonly maxBytes?: number;
}

/** The three streams that keep what is published. */
export type StreamKind = "ocmf" | "readings" | "state";

/** All of them, the most important one first. */
export const streamKinds: readonly StreamKind[] = ["ocmf", "readings", "state"];

/** Options of each stream. */
export type StreamsOptions = Readonly<Record<StreamKind, StreamOptions>>;

/** Name of a stream: the prefix in capitals, dots as `_`. */
export function streamName(prefix: string, kind: StreamKind): string {
  return `${prefix.toUpperCase().replaceAll(".", "_")}_${kind.toUpperCase()}`;
}

/** What a stream is created with. */
export function streamConfig(prefix: string, kind: StreamKind, options: StreamOptions): Partial<StreamConfig> {
  const maxAgeMs = options.maxAgeDays * dayMs;
  return {
    name: streamName(prefix, kind),
    subjects: suffixes[kind].map((suffix) => `${prefix}.*.*.${suffix}`),
    retention: RetentionPolicy.Limits,
    storage: StorageType.File,
    num_replicas: options.replicas,
    max_age: nanos(maxAgeMs),
    ...(options.maxBytes === undefined ? {} : { max_bytes: options.maxBytes }),
    ...own(kind, maxAgeMs),
  };
}

/** The subjects that a stream has to have so that it holds what one site publishes. */
export function neededSubjects(prefix: string, site: string, kind: StreamKind): string[] {
  return suffixes[kind].map((suffix) => `${prefix}.${site}.*.${suffix}`);
}

/**
 * Creates a stream that is missing. One that another process created meanwhile is left as it is.
 *
 * @throws {NatsError} JetStream is not there, or refuses
 */
export async function addStream(manager: JetStreamManager, config: Partial<StreamConfig>): Promise<void> {
  try {
    await manager.streams.add(config);
  } catch (error) {
    if (apiCode(error) !== streamNameInUse) throw error;
  }
}

/** The settings of an existing stream that differ from those it would be created with. */
export function differences(wanted: Partial<StreamConfig>, found: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(wanted)
    .filter(([key, value]) => JSON.stringify(found[key]) !== JSON.stringify(value))
    .map(([key]) => key);
}

const dayMs = 86_400_000;
const hourMs = 3_600_000;
const twoMinutesMs = 120_000;

const suffixes: Readonly<Record<StreamKind, readonly string[]>> = {
  ocmf: ["ocmf"],
  readings: ["reading"],
  state: ["public_key", "status", "fault.*"],
};

function own(kind: StreamKind, maxAgeMs: number): Partial<StreamConfig> {
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
