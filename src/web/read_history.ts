import type { NatsConnection } from "nats";
import { type Time, timestamp } from "../base/time.ts";
import { payloadOf, readStream } from "../fleet/mod.ts";
import type { MeterHistory } from "../view/mod.ts";
import { historyPoint } from "./history_point.ts";
import { ThinHistory } from "./thin_history.ts";

/** Which readings to read. */
export interface HistorySelection {
  /** Name of the stream. */
  readonly stream: string;
  /** Prefix of JetStream requests. */
  readonly api: string;
  /** Subject of the readings of one meter. */
  readonly subject: string;
  readonly fromMs: number;
  readonly toMs: number;
  /** Only readings that were stored at this time or before, in milliseconds since 1970; undefined: all. */
  readonly storedToMs: number | undefined;
}

/** What reading needs. */
export interface HistoryReader {
  readonly nats: NatsConnection;
  readonly time: Pick<Time, "mono">;
  /** Aborted: nobody needs the result. */
  readonly signal: AbortSignal;
}

/** The server sends no faster, so that the history of one page does not fill the link to the server. */
const bitsPerSecond = 64e6;
/** After this time, the history is what was read so far. */
const maxReadMs = 20_000;
/** Parts of the period; each has its share of the time, so that what cannot be read is missing everywhere, not at the end. */
const partCount = 48;

/**
 * Reads the history of a meter from the stream of readings, by a consumer that the server limits in rate. The readings are
 * thinned as they arrive. If a period has more than can be read in time, each part of it has some.
 *
 * @throws {NatsError} the server refuses
 * @throws {Error} the server stops in the middle
 */
export async function readHistory(reader: HistoryReader, selection: HistorySelection): Promise<MeterHistory> {
  const { fromMs, toMs } = selection;
  const history = new ThinHistory(fromMs, toMs);
  const deadlineMs = reader.time.mono() + maxReadMs;
  let isComplete = true;
  for (let part = 0; part < partCount && !reader.signal.aborted;) {
    const left = await readParts(reader, selection, { part, deadlineMs, history });
    if (left === undefined) break;
    isComplete = false;
    part = left + 1;
  }
  return { from: timestamp(fromMs), to: timestamp(toMs), points: history.points(), isComplete };
}

interface Progress {
  /** The first part to read. */
  readonly part: number;
  readonly deadlineMs: number;
  /** Gets the readings. */
  readonly history: ThinHistory;
}

/** Reads the parts from one on. @returns the part that was left because its time was over; undefined: all were read */
async function readParts(
  { nats, time, signal }: HistoryReader,
  { stream, api, subject, fromMs, toMs, storedToMs = Infinity }: HistorySelection,
  { part: first, deadlineMs, history }: Progress,
): Promise<number | undefined> {
  const lengthMs = Math.ceil((Math.min(storedToMs, toMs) - fromMs) / partCount);
  const shareEndMs = (part: number) => {
    const nowMs = time.mono();
    return nowMs + (deadlineMs - nowMs) / (partCount - part);
  };
  let part = first;
  // Begins with the first reading: a server can need longer than a share to create a consumer of a large stream
  let untilMs: number | undefined;
  let left: number | undefined;
  const slice = { stream, api, filter: subject, fromMs: fromMs + first * lengthMs, bitsPerSecond };
  await readStream(nats, slice, ({ data, pending, storedAtMs }) => {
    if (storedAtMs > storedToMs) return false;
    const present = Math.min(partCount - 1, Math.floor((storedAtMs - fromMs) / lengthMs));
    if (untilMs === undefined || present > part) {
      part = Math.max(part, present);
      untilMs = shareEndMs(part);
    }
    for (const point of historyPoint(payloadOf(data))) history.add(point);
    if (pending > 0 && (signal.aborted || time.mono() > untilMs)) left = part;
    return left === undefined;
  });
  return left;
}
