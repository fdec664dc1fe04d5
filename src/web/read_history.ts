import type { JetStreamManager, NatsConnection, SeqMsgRequest } from "nats";
import { type Time, timestamp } from "../base/time.ts";
import { payloadOf, readStream, type StreamSlice } from "../fleet/mod.ts";
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
  /** Only readings that were stored at this time or before, in milliseconds since 1970; undefined: all. */
  readonly storedToMs: number | undefined;
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

/** A place in the stream. */
interface Place {
  readonly seq: number;
  /** Number of readings of the meter from this place on. */
  readonly remaining: number;
}

/**
 * Reads the history of a meter from the stream of readings: all readings of the period, or if there are very many, some
 * that are evenly spread.
 *
 * @throws {NatsError} the server refuses
 * @throws {Error} the server stops in the middle
 */
export async function readHistory(reader: HistoryReader, selection: HistorySelection): Promise<MeterHistory> {
  const { nats, time, signal } = reader;
  const { stream, api, subject, fromMs, toMs, storedToMs } = selection;
  const deadlineMs = time.mono() + maxReadMs;
  const isOver = () => signal.aborted || time.mono() > deadlineMs;
  const points: HistoryPoint[] = [];
  let isComplete = true;
  const slice = { stream, api, filter: subject, fromMs, bitsPerSecond };
  const readUpTo = async (limit: number): Promise<Place | undefined> => {
    let many: Place | undefined;
    await readStream(nats, slice, ({ data, seq, pending, storedAtMs }) => {
      if (storedToMs !== undefined && storedAtMs > storedToMs) return false;
      if (points.length === 0 && pending >= limit) {
        many = { seq, remaining: pending + 1 };
        return false;
      }
      points.push(...historyPoint(payloadOf(data)));
      if (pending > 0 && isOver()) isComplete = false;
      return isComplete;
    });
    return many;
  };
  const first = await readUpTo(maxMessages);
  if (first !== undefined) {
    // Most of them can be later than the period
    const after = storedToMs === undefined ? undefined : await firstPlace(nats, { ...slice, fromMs: storedToMs + 1 });
    const isMany = first.remaining - (after?.remaining ?? 0) > maxMessages;
    if (isMany) isComplete = await readSome(reader, selection, { first, after, points, isOver });
    else await readUpTo(Infinity);
  }
  return { from: timestamp(fromMs), to: timestamp(toMs), points: thinPoints(points, fromMs, toMs), isComplete };
}

/** The first message of a selection; undefined: there is none. */
async function firstPlace(nats: NatsConnection, slice: StreamSlice): Promise<Place | undefined> {
  let first: Place | undefined;
  await readStream(nats, slice, ({ seq, pending }) => {
    first = { seq, remaining: pending + 1 };
    return false;
  });
  return first;
}

interface Some {
  readonly first: Place;
  /** The first place behind the period; undefined: none. */
  readonly after: Place | undefined;
  /** Gets the readings. */
  readonly points: HistoryPoint[];
  readonly isOver: () => boolean;
}

/** Reads the readings at evenly spread places of the stream. @returns whether all of them were read */
async function readSome(
  { manager }: HistoryReader,
  { stream, subject }: HistorySelection,
  { first: { seq: firstSeq }, after, points, isOver }: Some,
): Promise<boolean> {
  const lastSeq = after === undefined
    ? (await manager.streams.getMessage(stream, { last_by_subj: subject })).seq
    : after.seq - 1;
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
