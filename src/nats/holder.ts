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

/** The stream that holds what this process publishes on the subjects of one kind. */
export interface HoldingStream {
  readonly state: "held";
  /** Its name: ours, or that of another stream that has the subjects. */
  readonly stream: string;
  /** What an acknowledgement has to carry: the configured domain, else the one of the connected server, if it has one. */
  readonly domain: string | undefined;
  /** Its limits, or those of a server's default where this user may not ask for them. */
  readonly config: Pick<
    StreamConfig,
    "allow_direct" | "max_age" | "max_bytes" | "max_msgs" | "max_msg_size" | "duplicate_window"
  >;
  /** When the stream was created, as the server wrote it; empty where this user may not ask for it. */
  readonly createdAt: string;
  /** Sequence number of its last message at the last look; 0 where this user may not ask for it. */
  readonly lastSeq: number;
}

/**
 * Whether a stream holds the subjects of one kind: `none` where JetStream answered and no stream does; `unknown` where
 * nobody looked yet, or where JetStream is absent, refuses or does not answer.
 */
export type Holder = HoldingStream | { readonly state: "none" } | { readonly state: "unknown" };

/** A stream that has our subjects; without `info`, the user may not ask for its settings. */
export interface FoundStream {
  readonly name: string;
  readonly info?: StreamInfo;
  /** What it lacks where it has the subjects of some of our meters only. */
  readonly missing?: readonly string[];
}

/** A stream as JetStream reports it; `undefined` where there is none of this name. */
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

/** Whether a stream has all subjects that are needed. */
export function holds(info: StreamInfo, subjects: readonly string[]): boolean {
  return uncovered(info.config.subjects ?? [], subjects).length === 0;
}

/**
 * The stream that has all of `subjects`, whatever its name; else the first one that has some of `ofMeters`, the subjects
 * of single meters.
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

/** JetStream domain of the server that a connection leads to. */
export function serverDomain(connection: NatsConnection): string | undefined {
  const info: object = connection.info ?? {};
  return "domain" in info && typeof info.domain === "string" && info.domain !== "" ? info.domain : undefined;
}

/** What is known of a stream that holds our subjects. */
export function held({ name, info }: FoundStream, domain: string | undefined): HoldingStream {
  return {
    state: "held",
    stream: name,
    domain,
    config: info?.config ?? serverDefaults,
    createdAt: info?.created ?? "",
    lastSeq: info?.state.last_seq ?? 0,
  };
}

const serverDefaults: HoldingStream["config"] = {
  max_age: 0,
  max_bytes: -1,
  max_msgs: -1,
  max_msg_size: -1,
  // Not a default, but what we create our streams with: to be tried
  allow_direct: true,
  duplicate_window: nanos(120_000),
};

/** Whether the server refused a request for want of a right. */
export function isDenied(error: unknown): boolean {
  return error instanceof NatsError && error.code === ErrorCode.PermissionsViolation;
}
