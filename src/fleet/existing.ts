import type { JetStreamManager, StreamConfig, StreamInfo } from "nats";
import {
  apiCode,
  messageNotFound,
  streamInfo,
  type StreamKind,
  streamKinds,
  streamName,
  streamNotFound,
} from "../nats/mod.ts";
import { type RetryLimit, withRetries } from "./retries.ts";
import type { Topology } from "./stream_plan.ts";

/**
 * Returns the existing streams of a prefix.
 *
 * @throws {FleetError} JetStream refuses, or does not answer
 */
export async function existingStreams(
  manager: JetStreamManager,
  prefix: string,
  retryLimit: RetryLimit,
): Promise<Map<StreamKind, StreamInfo>> {
  const found = new Map<StreamKind, StreamInfo>();
  for (const kind of streamKinds) {
    const name = streamName(prefix, kind);
    const info = await withRetries(`read the stream ${name}`, () => streamInfo(manager, name), retryLimit);
    if (info !== undefined) found.set(kind, info);
  }
  return found;
}

/** A stream created by setup has the subjects, or on a hub no subjects. */
export function topologyOf({ name, subjects = [] }: StreamConfig): Topology {
  return subjects.some((subject) => subject !== name) ? "single" : "hub";
}

/** Whether a stream has neither subjects nor sources: a hub without sites. A server refuses to filter such a stream. */
export function receivesNothing(config: StreamConfig): boolean {
  return topologyOf(config) === "hub" && (config.sources ?? []).length === 0;
}

/** Returns the result, or undefined if the stream, consumer or message does not exist. */
export async function orUndefined<T>(request: Promise<T>): Promise<T | undefined> {
  try {
    return await request;
  } catch (error) {
    if ([streamNotFound, consumerNotFound, messageNotFound].includes(apiCode(error) ?? 0)) return undefined;
    throw error;
  }
}

const consumerNotFound = 10014;
