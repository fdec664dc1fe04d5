import type { JetStreamManager, StreamInfo } from "nats";
import { createStream } from "./create_stream.ts";
import { findBySubject, type FoundStream, holds, isDenied, streamInfo } from "./holder.ts";
import { neededSubjects, streamConfig, type StreamKind, type StreamsOptions, type WantedStream } from "./streams.ts";

/** Where a stream is looked for. */
export interface StreamPlace {
  /** Tokens joined by dots. */
  readonly prefix: string;
  /** One token. */
  readonly site: string;
  /**
   * Names of our meters: a stream of an administrator may have the subjects of each of them instead of a wildcard.
   *
   * @default none
   */
  readonly meters?: readonly string[];
  readonly streams: StreamsOptions;
  /** JetStream domain in which the streams have to be. */
  readonly domain: string | undefined;
}

/** What one look at a stream has shown. */
export interface StreamLook {
  readonly kind: StreamKind;
  /** What our stream is created with. */
  readonly wanted: WantedStream;
  /** Limit of our stream where `wanted` states none; absent: there is to be none. */
  readonly neededBytes: number | undefined;
  /** The subjects without which our messages are not kept. */
  readonly needed: readonly string[];
  /** The stream with our name. */
  readonly own: StreamInfo | undefined;
  /** Whether the user may not ask for the stream with our name, so that it is not known whether there is one. */
  readonly hidden: boolean;
  /** The stream that has the subjects. */
  readonly found: FoundStream | undefined;
  /** Whether our stream was missing and was created now. */
  readonly created: boolean;
  /** Why it could not be created; absent: it was not tried, or done. */
  readonly refusal?: unknown;
}

/**
 * Looks at one stream and creates it if it is wanted and missing.
 *
 * @throws {NatsError} JetStream does not answer
 */
export async function lookAtStream(
  manager: JetStreamManager,
  kind: StreamKind,
  { prefix, site, meters = [], streams }: StreamPlace,
): Promise<StreamLook> {
  const wanted = streamConfig(prefix, kind, streams[kind], streams.scope === "site" ? site : "*");
  const needed = neededSubjects(prefix, site, kind);
  const ofMeters = kind === "state" ? [] : meters.flatMap((meter) => neededSubjects(prefix, site, kind, meter));
  // Counting subjects costs the server of many sites too much, and only one site's stream has to have no others.
  const filter = streams.scope === "site" ? `${prefix}.${site}.>` : undefined;
  const ask = () => streamInfo(manager, wanted.name, filter);
  const { enabled } = streams[kind];
  const neededBytes = kind === "readings" && streams.scope === "site" ? streams.readings.neededBytes : undefined;
  const before = await unlessDenied(ask());
  const isMissing = before === undefined && enabled;
  const attempt = isMissing ? await outcomeOf(createStream(manager, wanted, neededBytes)) : {};
  const created = isMissing && !("refusal" in attempt);
  const own = created ? await ask() : before === "denied" ? undefined : before;
  const found = own !== undefined && holds(own, needed)
    ? { name: own.config.name, info: own }
    : await findBySubject(manager, needed, ofMeters);
  return { kind, wanted, neededBytes, needed, own, hidden: before === "denied", found, created, ...attempt };
}

async function unlessDenied<T>(asked: Promise<T>): Promise<T | "denied"> {
  try {
    return await asked;
  } catch (error) {
    if (isDenied(error)) return "denied";
    throw error;
  }
}

async function outcomeOf(attempt: Promise<void>): Promise<{ refusal?: unknown }> {
  try {
    await attempt;
    return {};
  } catch (refusal) {
    return { refusal };
  }
}
