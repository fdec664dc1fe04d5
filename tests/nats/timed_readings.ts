import type { NatsConnection } from "nats";
import { systemTime, timestamp } from "../../src/base/time.ts";
import type { Reading } from "../../src/meter/mod.ts";
import { openSpool, type Spool } from "../../src/spool/mod.ts";
import { atMs, reading } from "./fakes.ts";
import type { Logged } from "./logged.ts";

/** The stream of readings. */
export const readingsStream = "WATTSEAL_READINGS";

/** The log line when the spool is empty again. */
export const spoolIsEmpty = /info Published readings from the spool .*"left":0/;

/** Subject of a meter's readings. */
export function subjectOf(meter: string): string {
  return `wattseal.berlin-01.${meter}.reading`;
}

/** A reading at a time in seconds. */
export function at(second: number): Reading {
  return { ...reading, takenAtMs: atMs + 1000 * second };
}

/** Timestamp of the reading that `at` returns. */
export function stamp(second: number): string {
  return timestamp(atMs + 1000 * second);
}

/** Timestamps of the seconds from `from` to `to`, without `to`. */
export function stamps(from: number, to: number): string[] {
  return Array.from({ length: to - from }, (_, place) => stamp(from + place));
}

/** A spool that is closed at the end of the test. */
export function memorySpool(log: Logged): Spool & Disposable {
  const options = { mode: "memory", maxAgeHours: 24 * 365 * 50, maxMb: 16, folder: "" } as const;
  const spool = openSpool(options, { time: systemTime, log });
  return Object.assign(spool, { [Symbol.dispose]: () => spool.close() });
}

/** A reading in the stream. */
export interface KeptReading {
  readonly subject: string;
  readonly timestamp: string;
  readonly messageId: string;
}

/** The readings in the stream, in order. */
export async function keptReadings(client: NatsConnection): Promise<KeptReading[]> {
  const { streams } = await client.jetstreamManager({ checkAPI: false });
  const { state } = await streams.info(readingsStream);
  const all: KeptReading[] = [];
  for (let seq = state.first_seq; seq <= state.last_seq; seq++) {
    const message = await streams.getMessage(readingsStream, { seq });
    const { timestamp } = message.json<KeptReading>();
    all.push({ subject: message.subject, timestamp, messageId: message.header.get("Nats-Msg-Id") });
  }
  return all;
}

/** Timestamps of the readings of a meter in the stream, in order. */
export async function keptStamps(client: NatsConnection, meter = "evse-1"): Promise<string[]> {
  return (await keptReadings(client)).filter(({ subject }) => subject === subjectOf(meter))
    .map(({ timestamp }) => timestamp);
}

/** Timestamps that a subscriber receives from now on. */
export async function watched(
  client: NatsConnection,
  meter = "evse-1",
): Promise<{ readonly seen: readonly string[]; count(minCount: number): Promise<void> }> {
  const seen: string[] = [];
  let arrived = () => {};
  client.subscribe(subjectOf(meter), {
    callback: (_error, message) => {
      seen.push(message.json<{ timestamp: string }>().timestamp);
      arrived();
    },
  });
  await client.flush();
  const count = async (minCount: number) => {
    while (seen.length < minCount) await new Promise<void>((resolve) => arrived = resolve);
  };
  return { seen, count };
}

/** Timestamps of the readings in a spool, oldest first. */
export function spooledStamps(spool: Spool): string[] {
  return spool.oldest(10_000).map(({ takenAtMs }) => timestamp(takenAtMs));
}
