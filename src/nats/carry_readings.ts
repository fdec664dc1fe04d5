import type { NatsConnection } from "nats";
import type { Subjects } from "../contract/mod.ts";
import type { WaitingReading } from "../spool/mod.ts";
import { type ExpectedStream, publishAcknowledged } from "./acknowledged.ts";
import type { PlainReadings } from "./plain_readings.ts";
import { refusalOf } from "./refusal.ts";

/** Why a reading was not stored. */
export interface CarryFailure {
  readonly error: unknown;
  /** Undefined: the cause is not a single reading. */
  readonly subject?: string;
}

/** Result of publishing some readings. */
export interface Carried {
  /** Stored by the stream. */
  readonly taken: readonly WaitingReading[];
  /** Can never be stored. */
  readonly refused: readonly WaitingReading[];
  /** Must be retried. */
  readonly failed: readonly WaitingReading[];
  /** The reason of the first refused reading. */
  readonly refusal: CarryFailure | undefined;
  /** The reason of the first failed reading. */
  readonly failure: CarryFailure | undefined;
}

/** Dependencies of `carryReadings`. */
export interface CarryOptions {
  readonly subjects: Subjects;
  /**
   * The stream that must acknowledge; undefined: no stream stores readings, so it is enough that the server has them.
   */
  readonly stream: ExpectedStream | undefined;
  readonly plain: Pick<PlainReadings, "carry">;
}

/** Publishes readings from the spool in order and waits for the result of each. Never throws. */
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
  await publishAcknowledged(connection, { subject, payload, messageId, expected: stream, timeoutMs: answerMs });
}

const answerMs = 5_000;
