import type { JetStreamManager } from "nats";
import { timestamp } from "../base/time.ts";
import { faultSchema } from "./schemas.ts";
import type { StateBoard } from "./state_board.ts";
import { apiCode, streamNotFound } from "./jetstream_reason.ts";

/** Where faults of an earlier process may lie. */
export interface StaleFaults {
  readonly manager: JetStreamManager;
  /** Name of the stream that keeps the last values. */
  readonly stream: string;
  /** The fault subjects of this site, with wildcards. */
  readonly filter: string;
  /** Whether a subject is one of this process's meters. */
  isOurs(subject: string): boolean;
  readonly board: StateBoard;
  /** Wall clock in milliseconds. */
  now(): number;
}

/**
 * Clears the faults that an earlier process left raised: this one raises again what is still wrong. Faults of meters
 * that are not served here are left alone.
 *
 * @throws {NatsError} JetStream is not there
 */
export async function clearStaleFaults({ manager, stream, filter, isOurs, board, now }: StaleFaults): Promise<void> {
  for (const subject of await subjectsOf(manager, stream, filter)) {
    if (!isOurs(subject) || board.has(subject)) continue;
    const message = await manager.streams.getMessage(stream, { last_by_subj: subject });
    const fault = faultSchema.safeParse(jsonOrNothing(message.data)).data;
    // A fault may have been raised while we looked.
    if (fault?.active !== true || board.has(subject)) continue;
    board.set(subject, { ...fault, active: false, timestamp: timestamp(now()) });
  }
}

async function subjectsOf(manager: JetStreamManager, stream: string, filter: string): Promise<string[]> {
  try {
    const { state } = await manager.streams.info(stream, { subjects_filter: filter });
    return Object.keys(state.subjects ?? {});
  } catch (error) {
    if (apiCode(error) === streamNotFound) return [];
    throw error;
  }
}

function jsonOrNothing(data: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(data));
  } catch {
    return undefined;
  }
}
