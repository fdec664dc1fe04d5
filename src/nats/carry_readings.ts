import { ErrorCode, type NatsConnection, NatsError } from "nats";
import type { Time } from "../base/time.ts";
import type { WaitingReading } from "../spool/mod.ts";
import { type ExpectedStream, publishAcknowledged } from "./acknowledged.ts";
import { flushed } from "./flushed.ts";
import { publishText } from "./publish.ts";
import { apiCode } from "./jetstream_reason.ts";
import type { Subjects } from "./subjects.ts";

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
  /** The stream that has to acknowledge; undefined: none holds readings, the server's answer to a ping is enough. */
  readonly stream: ExpectedStream | undefined;
  readonly time: Time;
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
    const found = { error: outcome?.reason, subject: options.subjects.of(reading.meter, "reading") };
    if (isFinal(found.error)) {
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
  { meter, payload, messageId }: WaitingReading,
  { subjects, stream, time }: CarryOptions,
): Promise<void> {
  const subject = subjects.of(meter, "reading");
  if (stream !== undefined) {
    await publishAcknowledged(connection, { subject, payload, messageId, holder: stream, timeoutMs: answerMs });
    return;
  }
  publishText(connection, subject, payload, messageId);
  if (!(await flushed(connection, answerMs, time))) throw new Error("The server does not answer");
}

function isFinal(error: unknown): boolean {
  return error instanceof NatsError &&
    (error.code === ErrorCode.MaxPayloadExceeded || apiCode(error) === longerThanStreamTakes);
}

const longerThanStreamTakes = 10054;
const answerMs = 5_000;
