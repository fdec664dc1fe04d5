import {
  ErrorCode,
  type JetStreamManager,
  nanos,
  type NatsConnection,
  NatsError,
  type StreamConfig,
  type StreamInfo,
} from "nats";
import { apiCode, streamNotFound } from "./jetstream_reason.ts";
import { uncovered } from "./subject_cover.ts";

/** The stream that stores the messages of this process on the subjects of one kind. */
export interface StoringStream {
  readonly state: "found";
  /** Its name: our name, or the name of another stream that has the subjects. */
  readonly stream: string;
  /** The domain that an acknowledgement must have: the configured one, or the domain of the connected server. */
  readonly domain: string | undefined;
  /** Its limits, or the defaults of the server if this user may not read them. */
  readonly config: Pick<
    StreamConfig,
    "allow_direct" | "max_age" | "max_bytes" | "max_msgs" | "max_msg_size" | "duplicate_window"
  >;
  /** Creation time of the stream, in the format of the server; empty if this user may not read it. */
  readonly createdAt: string;
  /** Sequence number of its last message at the last check; 0 if this user may not read it. */
  readonly lastSeq: number;
}

/**
 * Result of the search for the stream that has the subjects of one kind. `none`: JetStream answered that no stream has
 * them. `unknown`: not checked yet, or JetStream is missing, refuses or does not answer.
 */
export type StreamLookup = StoringStream | { readonly state: "none" } | { readonly state: "unknown" };

/** A stream that has our subjects; without `info`, this user may not read its settings. */
export interface FoundStream {
  readonly name: string;
  readonly info?: StreamInfo;
  /** Missing subjects, if it has only the subjects of some of our meters. */
  readonly missing?: readonly string[];
}

/** A stream as JetStream reports it; undefined: there is no stream with this name. */
export async function streamInfo(
  manager: JetStreamManager,
  name: string,
  subjectsFilter?: string,
): Promise<StreamInfo | undefined> {
  try {
    return await manager.streams.info(name, subjectsFilter === undefined ? {} : { subjects_filter: subjectsFilter });
  } catch (error) {
    if (apiCode(error) === streamNotFound) return undefined;
    throw error;
  }
}

/** Whether a stream has all needed subjects. */
export function holds(info: StreamInfo, subjects: readonly string[]): boolean {
  return uncovered(info.config.subjects ?? [], subjects).length === 0;
}

/**
 * The stream with any name that has all `subjects`; otherwise the first stream that has some of `ofMeters`, the
 * subjects of single meters.
 *
 * @throws {NatsError} JetStream does not answer
 */
export async function findBySubject(
  manager: JetStreamManager,
  subjects: readonly string[],
  ofMeters: readonly string[] = [],
): Promise<FoundStream | undefined> {
  const [first = ""] = subjects;
  let partly: FoundStream | undefined;
  for await (const name of manager.streams.names(first)) {
    try {
      const info = await streamInfo(manager, name);
      if (info === undefined) continue;
      if (holds(info, subjects)) return { name, info };
      const missing = uncovered(info.config.subjects ?? [], ofMeters);
      if (missing.length < ofMeters.length) partly ??= { name, info, missing };
    } catch (error) {
      if (!isDenied(error)) throw error;
      return { name };
    }
  }
  return partly;
}

/** JetStream domain of the connected server. */
export function serverDomain(connection: NatsConnection): string | undefined {
  const info: object = connection.info ?? {};
  return "domain" in info && typeof info.domain === "string" && info.domain !== "" ? info.domain : undefined;
}

/** What a lookup that found a stream returns. */
export function storingStream({ name, info }: FoundStream, domain: string | undefined): StoringStream {
  return {
    state: "found",
    stream: name,
    domain,
    config: info?.config ?? serverDefaults,
    createdAt: info?.created ?? "",
    lastSeq: info?.state.last_seq ?? 0,
  };
}

const serverDefaults: StoringStream["config"] = {
  max_age: 0,
  max_bytes: -1,
  max_msgs: -1,
  max_msg_size: -1,
  // Not a default, but the setting of the streams that we create: worth an attempt
  allow_direct: true,
  duplicate_window: nanos(120_000),
};

/** Whether the server refused a request because a permission is missing. */
export function isDenied(error: unknown): boolean {
  return error instanceof NatsError && error.code === ErrorCode.PermissionsViolation;
}
