import type { JetStreamManager, StreamConfig } from "nats";
import { apiCode, isWithoutRoom, maxStreamBytesExceeded, streamNameInUse } from "./jetstream_reason.ts";
import type { WantedStream } from "./streams.ts";

/**
 * Creates a stream that is missing. One that another process created meanwhile is left as it is.
 *
 * @param neededBytes limit of the stream where `wanted` states none: lowered to what the account has room for beside
 * other streams, and halved until the server has the room; infinite: only what the account has; absent: no limit
 * @throws {NatsError} JetStream is not there, or refuses
 */
export async function createStream(
  manager: JetStreamManager,
  wanted: WantedStream,
  neededBytes?: number,
): Promise<void> {
  if (neededBytes === undefined || wanted.max_bytes !== undefined) return await add(manager, wanted);
  const room = Math.floor(Math.min(neededBytes, await accountRoom(manager, wanted.num_replicas)));
  if (room === Infinity) return await add(manager, wanted);
  for (let maxBytes = Math.max(room, leastBytes);; maxBytes = Math.floor(maxBytes / 2)) {
    try {
      return await add(manager, { ...wanted, max_bytes: maxBytes });
    } catch (error) {
      if (maxBytes / 2 < leastBytes || !(isWithoutRoom(error) || apiCode(error) === maxStreamBytesExceeded)) {
        throw error;
      }
    }
  }
}

async function add(manager: JetStreamManager, config: Partial<StreamConfig>): Promise<void> {
  try {
    await manager.streams.add(config);
  } catch (error) {
    if (apiCode(error) !== streamNameInUse) throw error;
  }
}

/** The bytes that a stream with so many replicas may take of its account, so that the other streams have room too. */
async function accountRoom(manager: JetStreamManager, replicas: number): Promise<number> {
  try {
    const account = await manager.getAccountInfo();
    const tier = Object.entries(account.tiers ?? {}).find(([name]) => name === `R${replicas}`)?.[1];
    const { storage, limits } = tier ?? account;
    const limit = limits.max_storage;
    // What an account without tiers may store is counted with each replica.
    return limit < 0 ? Infinity : Math.max(0, limit - storage) * shareOfReadings / (tier === undefined ? replicas : 1);
  } catch {
    // Without the right to ask, the server's refusal shows where the limit is.
    return Infinity;
  }
}

/** Below this a stream is of no use. */
const leastBytes = 1_000_000;
/** Share of the room that is left to an account; the rest is for records and states. */
const shareOfReadings = 0.75;
