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
import { type Patience, patiently } from "./retries.ts";
import type { Topology } from "./stream_plan.ts";

/**
 * The streams of a prefix that are there.
 *
 * @throws {FleetError} JetStream refuses, or does not answer
 */
export async function existingStreams(
  manager: JetStreamManager,
  prefix: string,
  patience: Patience,
): Promise<Map<StreamKind, StreamInfo>> {
  const found = new Map<StreamKind, StreamInfo>();
  for (const kind of streamKinds) {
    const name = streamName(prefix, kind);
    const info = await patiently(`look at the stream ${name}`, () => streamInfo(manager, name), patience);
    if (info !== undefined) found.set(kind, info);
  }
  return found;
}

/** A stream that setup made has either the subjects or, as a hub's, none of its own. */
export function topologyOf({ name, subjects = [] }: StreamConfig): Topology {
  return subjects.some((subject) => subject !== name) ? "single" : "hub";
}

/** Whether a stream has neither subjects nor sources: a hub without sites. A server refuses to read a part of it. */
export function takesNothing(config: StreamConfig): boolean {
  return topologyOf(config) === "hub" && (config.sources ?? []).length === 0;
}

/** What was asked for, or undefined where there is no such stream, consumer or message. */
export async function orAbsent<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    if ([streamNotFound, consumerNotFound, messageNotFound].includes(apiCode(error) ?? 0)) return undefined;
    throw error;
  }
}

const consumerNotFound = 10014;
