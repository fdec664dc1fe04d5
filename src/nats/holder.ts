import type { JetStreamManager, NatsConnection, StreamConfig, StreamInfo } from "nats";
import { apiCode, streamNotFound } from "./jetstream_reason.ts";
import { uncovered } from "./subject_cover.ts";

/** The stream that holds what this process publishes on the subjects of one kind. */
export interface HoldingStream {
  readonly state: "held";
  /** Its name: ours, or that of another stream that has the subjects. */
  readonly stream: string;
  /** What an acknowledgement has to carry: the configured domain, else the one of the connected server, if it has one. */
  readonly domain: string | undefined;
  readonly config: StreamConfig;
  /** When the stream was created, as the server wrote it. */
  readonly createdAt: string;
  /** Sequence number of its last message at the last look. */
  readonly lastSeq: number;
}

/**
 * Whether a stream holds the subjects of one kind: `none` where JetStream answered and no stream does; `unknown` where
 * nobody looked yet, or where JetStream is absent, refuses or does not answer.
 */
export type Holder = HoldingStream | { readonly state: "none" } | { readonly state: "unknown" };

/** Name of our stream, and the subjects that it has to hold. */
export interface Wanted {
  readonly name: string;
  readonly subjects: readonly string[];
}

/** A stream as JetStream reports it; `undefined` where there is none of this name. */
export async function streamInfo(manager: JetStreamManager, name: string): Promise<StreamInfo | undefined> {
  try {
    return await manager.streams.info(name);
  } catch (error) {
    if (apiCode(error) === streamNotFound) return undefined;
    throw error;
  }
}

/** Whether a stream has all subjects that are needed. */
export function holds(info: StreamInfo, subjects: readonly string[]): boolean {
  return uncovered(info.config.subjects ?? [], subjects).length === 0;
}

/** The stream that has all of `subjects`, whatever its name. */
export async function findBySubject(
  manager: JetStreamManager,
  subjects: readonly string[],
): Promise<StreamInfo | undefined> {
  const [first = ""] = subjects;
  for await (const name of manager.streams.names(first)) {
    const info = await streamInfo(manager, name);
    if (info !== undefined && holds(info, subjects)) return info;
  }
  return undefined;
}

/** JetStream domain of the server that a connection leads to. */
export function serverDomain(connection: NatsConnection): string | undefined {
  const info: object = connection.info ?? {};
  return "domain" in info && typeof info.domain === "string" && info.domain !== "" ? info.domain : undefined;
}

/** What is known of a stream that holds our subjects. */
export function held({ config, created, state }: StreamInfo, domain: string | undefined): HoldingStream {
  return { state: "held", stream: config.name, domain, config, createdAt: created, lastSeq: state.last_seq };
}
