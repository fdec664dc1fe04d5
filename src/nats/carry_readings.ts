import type { NatsConnection } from "nats";
import type { Subjects } from "../contract/mod.ts";
import type { WaitingReading } from "../spool/mod.ts";
import { type ExpectedStream, publishAcknowledged } from "./acknowledged.ts";
import type { PlainReadings } from "./plain_readings.ts";
import { refusalOf } from "./refusal.ts";

/** Why a reading was not taken. */
export interface CarryFailure {
  readonly error: unknown;
  /** Absent: no single reading is at fault. */
  readonly subject?: string;
}

/** What became of some readings. */
export interface Carried {
  /** The stream has them. */
  readonly taken: readonly WaitingReading[];
  /** No attempt can ever succeed. */
  readonly refused: readonly WaitingReading[];
  /** They have to be tried again. */
  readonly failed: readonly WaitingReading[];
  /** Of the first one that was refused. */
  readonly refusal: CarryFailure | undefined;
  /** Of the first one that failed. */
  readonly failure: CarryFailure | undefined;
}

/** What carrying works with. */
export interface CarryOptions {
  readonly subjects: Subjects;
  /** The stream that has to acknowledge; undefined: none holds readings, it is enough that the server has them. */
  readonly stream: ExpectedStream | undefined;
  readonly plain: Pick<PlainReadings, "carry">;
}

/** Publishes readings of the spool in their order and waits until each is taken or not. Never throws. */
export async function carryReadings(
  connection: NatsConnection,
  readings: readonly WaitingReading[],
  options: CarryOptions,
): Promise<Carried> {
  const outcomes = await Promise.allSettled(readings.map((reading) => publish(connection, reading, options)));
  const taken: WaitingReading[] = [];
  const refused: WaitingReading[] = [];
  const failed: WaitingReading[] = [];
  let refusal: CarryFailure | undefined;
  let failure: CarryFailure | undefined;
  for (const [place, reading] of readings.entries()) {
    const outcome = outcomes[place];
    if (outcome?.status === "fulfilled") {
      taken.push(reading);
      continue;
    }
    const found = { error: outcome?.reason, subject: options.subjects.reading(reading.meter) };
    if (refusalOf(found.error)?.kind === "too_long") {
      refusal ??= found;
      refused.push(reading);
    } else {
      failure ??= found;
      failed.push(reading);
    }
  }
  return { taken, refused, failed, refusal, failure };
}

async function publish(
  connection: NatsConnection,
  reading: WaitingReading,
  { subjects, stream, plain }: CarryOptions,
): Promise<void> {
  const { meter, payload, messageId } = reading;
  const subject = subjects.reading(meter);
  if (stream === undefined) return await plain.carry(connection, subject, reading);
  await publishAcknowledged(connection, { subject, payload, messageId, holder: stream, timeoutMs: answerMs });
}

const answerMs = 5_000;
