import type { JetStreamManager, NatsConnection, SeqMsgRequest } from "nats";
import { type Time, timestamp } from "../base/time.ts";
import { payloadOf, readStream } from "../fleet/mod.ts";
import { apiCode, messageNotFound } from "../nats/mod.ts";
import type { HistoryPoint, MeterHistory } from "../view/mod.ts";
import { historyPoint } from "./history_point.ts";
import { maxPoints, thinPoints } from "./thin_points.ts";

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
}

/** What reading needs. */
export interface HistoryReader {
  readonly nats: NatsConnection;
  readonly manager: JetStreamManager;
  readonly time: Pick<Time, "mono">;
  /** Aborted: nobody needs the result. */
  readonly signal: AbortSignal;
}

/** The server sends no faster, so that the history of one page does not fill the link to the server. */
const bitsPerSecond = 32e6;
/** With more readings in the period, single ones are requested. */
const maxMessages = 5_000;
/** After this time, the history is what was read so far. */
const maxReadMs = 20_000;
const requestsAtOnce = 16;

/**
 * Reads the history of a meter from the stream of readings: all readings of the period, or if there are very many, some
 * that are evenly spread.
 *
 * @throws {NatsError} the server refuses
 * @throws {Error} the server stops in the middle
 */
export async function readHistory(reader: HistoryReader, selection: HistorySelection): Promise<MeterHistory> {
  const { nats, time, signal } = reader;
  const { stream, api, subject, fromMs, toMs } = selection;
  const deadlineMs = time.mono() + maxReadMs;
  const isOver = () => signal.aborted || time.mono() > deadlineMs;
  const points: HistoryPoint[] = [];
  let isComplete = true;
  let manyFrom: number | undefined;
  const slice = { stream, api, filter: subject, fromMs, bitsPerSecond };
  await readStream(nats, slice, ({ data, seq, pending }) => {
    if (points.length === 0 && pending >= maxMessages) {
      manyFrom = seq;
      return false;
    }
    points.push(...historyPoint(payloadOf(data)));
    if (pending > 0 && isOver()) isComplete = false;
    return isComplete;
  });
  if (manyFrom !== undefined) isComplete = await readSome(reader, selection, manyFrom, points, isOver);
  return { from: timestamp(fromMs), to: timestamp(toMs), points: thinPoints(points, fromMs, toMs), isComplete };
}

/** Reads the readings at evenly spread places of the stream. @returns whether all of them were read */
async function readSome(
  { manager }: HistoryReader,
  { stream, subject }: HistorySelection,
  firstSeq: number,
  points: HistoryPoint[],
  isOver: () => boolean,
): Promise<boolean> {
  const { seq: lastSeq } = await manager.streams.getMessage(stream, { last_by_subj: subject });
  const step = Math.max(1, (lastSeq - firstSeq) / (maxPoints - 1));
  const wanted = Array.from({ length: maxPoints }, (_, index) => Math.round(firstSeq + index * step))
    .filter((seq) => seq <= lastSeq);
  const found = new Map<number, HistoryPoint[]>();
  const places = wanted[Symbol.iterator]();
  let isComplete = true;
  const work = async () => {
    for (const place of places) {
      if (isOver()) isComplete = false;
      if (!isComplete) return;
      const request: SeqMsgRequest & { next_by_subj: string } = { seq: place, next_by_subj: subject };
      const message = await manager.streams.getMessage(stream, request).catch(absent);
      if (message !== undefined) found.set(message.seq, historyPoint(payloadOf(message.data)));
    }
  };
  await Promise.all(Array.from({ length: requestsAtOnce }, work));
  points.push(...[...found.values()].flat());
  return isComplete;
}

/** The stream may have removed old readings meanwhile. */
function absent(error: unknown): undefined {
  if (apiCode(error) === messageNotFound) return undefined;
  throw error;
}
