import type { JetStreamManager, StreamConfig } from "nats";
import { apiCode, isWithoutRoom, maxStreamBytesExceeded, streamNameInUse } from "./jetstream_reason.ts";
import type { WantedStream } from "./streams.ts";

/**
 * Creates a missing stream. Does not change a stream that another process has just created.
 *
 * @param neededBytes limit of the stream if `wanted` has none: reduced to the room of the account, and halved until the
 * server accepts it; infinite: only the room of the account counts; undefined: no limit
 * @throws {NatsError} JetStream is missing or refuses the stream
 */
export async function createStream(
  manager: JetStreamManager,
  wanted: WantedStream,
  neededBytes?: number,
): Promise<void> {
  if (neededBytes === undefined || wanted.max_bytes !== undefined) return await add(manager, wanted);
  const room = Math.floor(Math.min(neededBytes, await accountRoom(manager, wanted.num_replicas)));
  if (room === Infinity) return await add(manager, wanted);
  for (let maxBytes = Math.max(room, minBytes);; maxBytes = Math.floor(maxBytes / 2)) {
    try {
      return await add(manager, { ...wanted, max_bytes: maxBytes });
    } catch (error) {
      if (maxBytes / 2 < minBytes || !(isWithoutRoom(error) || apiCode(error) === maxStreamBytesExceeded)) {
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

/** The bytes that a stream with this number of replicas may use, so that the other streams of the account have room. */
async function accountRoom(manager: JetStreamManager, replicas: number): Promise<number> {
  try {
    const account = await manager.getAccountInfo();
    const tier = Object.entries(account.tiers ?? {}).find(([name]) => name === `R${replicas}`)?.[1];
    const { storage, limits } = tier ?? account;
    const limit = limits.max_storage;
    // An account without tiers counts the bytes of each replica
    return limit < 0 ? Infinity : Math.max(0, limit - storage) * shareOfReadings / (tier === undefined ? replicas : 1);
  } catch {
    // Without the permission for this request, the refusals of the server show the limit
    return Infinity;
  }
}

/** A smaller stream is useless. */
const minBytes = 1_000_000;
/** Share of the free room of an account; the rest is for records and states. */
const shareOfReadings = 0.75;
