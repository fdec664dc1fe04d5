import type { JetStreamManager, StreamInfo } from "nats";
import { createStream } from "./create_stream.ts";
import { findBySubject, type FoundStream, holds, isDenied, streamInfo } from "./stream_lookup.ts";
import type { MeterNames } from "./peers.ts";
import {
  neededSubjects,
  optionsOf,
  streamConfig,
  type StreamKind,
  type StreamsOptions,
  type WantedStream,
} from "./streams.ts";

/** Subjects and domain of the streams to check. */
export interface StreamPlace {
  /** Tokens joined by dots. */
  readonly prefix: string;
  /** One token. */
  readonly site: string;
  /**
   * The meters that this process has now: a stream from an administrator may have the subjects of each meter instead of
   * a wildcard.
   *
   * @default none
   */
  readonly meters?: MeterNames;
  /** The options now; they can depend on the meters. */
  readonly streams: StreamsOptions;
  /** JetStream domain of the streams. */
  readonly domain: string | undefined;
}

/** Result of one check of a stream. */
export interface StreamState {
  readonly kind: StreamKind;
  /** Settings for creating our stream. */
  readonly wanted: WantedStream;
  /** Limit of our stream if `wanted` has none; undefined: no limit. */
  readonly neededBytes: number | undefined;
  /** The subjects that the stream must have to store our messages. */
  readonly needed: readonly string[];
  /** The stream with our name. */
  readonly own: StreamInfo | undefined;
  /** Whether this user may not read the stream with our name, so that its existence is unknown. */
  readonly hidden: boolean;
  /** The stream that has the subjects. */
  readonly found: FoundStream | undefined;
  /** Whether our stream was missing and has been created. */
  readonly created: boolean;
  /** Why it could not be created; undefined: it was created, or creation was not attempted. */
  readonly refusal?: unknown;
}

/**
 * Checks one stream and creates it if it is configured and missing.
 *
 * @throws {NatsError} JetStream does not answer
 */
export async function readStreamState(
  manager: JetStreamManager,
  kind: StreamKind,
  { prefix, site, meters, streams }: StreamPlace,
): Promise<StreamState> {
  const options = optionsOf(streams, kind);
  const wanted = streamConfig(prefix, kind, options, streams.scope === "site" ? site : "*");
  const needed = neededSubjects(prefix, site, kind);
  const names = kind === "state" ? [] : meters?.names ?? [];
  const ofMeters = names.flatMap((meter) => neededSubjects(prefix, site, kind, meter));
  // Counting subjects is too expensive on a server with many sites; only the stream of one site must have no others
  const filter = streams.scope === "site" ? `${prefix}.${site}.>` : undefined;
  const ask = () => streamInfo(manager, wanted.name, filter);
  const { enabled } = options;
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
