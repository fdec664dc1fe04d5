import type { NatsConnection } from "nats";
import { jetstreamOf } from "./jetstream_of.ts";
import { jetstreamReason } from "./jetstream_reason.ts";
import { serverDomain } from "./stream_lookup.ts";
import { streamProblems } from "./stream_problems.ts";
import { natsStream } from "./stream_repair.ts";
import { readStreamState, type StreamPlace } from "./stream_state.ts";
import { type StreamKind, type StreamsOptions, usedKinds } from "./streams.ts";

/** What is stored for one kind of messages. */
export interface StreamReport {
  readonly kind: StreamKind;
  /** Name of the stream that has the subjects; undefined: there is none. */
  readonly stream: string | undefined;
  /** Messages in it; undefined: this user may not know it. */
  readonly messages: number | undefined;
  /** Sentences with the command that corrects what is wrong. */
  readonly problems: readonly string[];
  /** The command that forbids the removal of records; undefined: it is forbidden, or the stream has no records. */
  readonly protect: string | undefined;
}

/**
 * Reports the streams of a node. Creates nothing.
 *
 * @throws {Error} JetStream does not answer: its message is a sentence with the remedy
 */
export async function streamReports(connection: NatsConnection, place: StreamPlace): Promise<StreamReport[]> {
  try {
    const manager = await jetstreamOf(connection, place.domain);
    return await Promise.all(
      usedKinds(place.streams).map(async (kind): Promise<StreamReport> => {
        const state = await readStreamState(manager, kind, { ...place, streams: withoutCreation(place.streams) });
        const { found } = state;
        const config = found?.info?.config;
        const isOpen = kind === "ocmf" && config !== undefined && !(config.deny_delete && config.deny_purge);
        const domain = place.domain ?? serverDomain(connection);
        return {
          kind,
          stream: found?.name,
          messages: found?.info?.state.messages,
          problems: streamProblems(state, place).map(({ text }) => text),
          protect: isOpen ? natsStream(domain, "edit", found?.name ?? "", "--deny-delete --deny-purge -f") : undefined,
        };
      }),
    );
  } catch (error) {
    throw new Error(jetstreamReason(error, { domain: place.domain }), { cause: error });
  }
}

/** The storage that an account uses. */
export interface JetStreamRoom {
  readonly usedBytes: number;
  /** Undefined: no limit. */
  readonly limitBytes: number | undefined;
}

/**
 * The storage of the account.
 *
 * @throws {Error} JetStream does not answer, or this user may not ask: its message is a sentence with the remedy
 */
export async function jetstreamRoom(connection: NatsConnection, domain: string | undefined): Promise<JetStreamRoom> {
  try {
    const { storage, limits } = await (await jetstreamOf(connection, domain)).getAccountInfo();
    return { usedBytes: storage, limitBytes: limits.max_storage < 0 ? undefined : limits.max_storage };
  } catch (error) {
    throw new Error(jetstreamReason(error, { domain }), { cause: error });
  }
}

function withoutCreation(streams: StreamsOptions): StreamsOptions {
  const { ocmf, readings, state, intervals } = streams;
  const off = { enabled: false };
  return {
    ...streams,
    ocmf: { ...ocmf, ...off },
    readings: { ...readings, ...off },
    state: { ...state, ...off },
    ...(intervals === undefined ? {} : { intervals: { ...intervals, ...off } }),
  };
}
