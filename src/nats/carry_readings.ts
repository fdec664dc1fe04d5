import { ErrorCode, type NatsConnection, NatsError } from "nats";
import type { Time } from "../base/time.ts";
import type { WaitingReading } from "../spool/mod.ts";
import { flushed } from "./flushed.ts";
import { publishText, toMessageId } from "./publish.ts";
import { apiCode } from "./jetstream_reason.ts";
import type { Subjects } from "./subjects.ts";

/** What became of some readings. */
export interface Carried {
  /** The broker has them. */
  readonly taken: readonly WaitingReading[];
  /** No attempt can ever succeed. */
  readonly refused: readonly WaitingReading[];
  /** Why the others were not taken. */
  readonly error: unknown;
}

/** Carries spooled readings to whoever keeps their subjects: a stream that acknowledges, else the server alone. */
export class ReadingsCarrier {
  readonly #connection: NatsConnection;
  readonly #subjects: Subjects;
  readonly #domain: string | undefined;
  readonly #time: Time;
  /** The stream of each subject; `undefined`: none keeps it. */
  readonly #streams = new Map<string, string | undefined>();

  constructor(
    connection: NatsConnection,
    { subjects, domain, time }: { subjects: Subjects; domain: string | undefined; time: Time },
  ) {
    this.#connection = connection;
    this.#subjects = subjects;
    this.#domain = domain;
    this.#time = time;
  }

  /** Publishes readings in their order and waits until each is taken or not. Never throws. */
  async carry(readings: readonly WaitingReading[]): Promise<Carried> {
    const outcomes = await Promise.allSettled(await this.#publishAll(readings));
    const taken: WaitingReading[] = [];
    const refused: WaitingReading[] = [];
    let error: unknown;
    for (const [place, reading] of readings.entries()) {
      const outcome = outcomes[place];
      if (outcome?.status === "fulfilled") taken.push(reading);
      else if (isFinal(outcome?.reason)) refused.push(reading);
      else error ??= outcome?.reason;
    }
    return { taken, refused, error };
  }

  async #publishAll(readings: readonly WaitingReading[]): Promise<Promise<void>[]> {
    try {
      for (const { meter } of readings) await this.#findStream(this.#subjects.of(meter, "reading"));
    } catch (error) {
      return readings.map(() => Promise.reject(error));
    }
    return readings.map((reading) => this.#publish(reading));
  }

  async #publish({ meter, payload, messageId }: WaitingReading): Promise<void> {
    const subject = this.#subjects.of(meter, "reading");
    const streamName = this.#streams.get(subject);
    if (streamName === undefined) {
      publishText(this.#connection, subject, payload, messageId);
      if (!(await flushed(this.#connection, answerMs, this.#time))) throw new Error("The server does not answer");
      return;
    }
    const { domain } = await this.#connection.jetstream().publish(subject, payload, {
      msgID: toMessageId(messageId),
      timeout: answerMs,
      expect: { streamName },
    });
    if (this.#domain !== undefined && domain !== this.#domain) {
      throw new RangeError(`Reading was kept by domain ${domain ?? "(none)"} and not by ${this.#domain}`);
    }
  }

  /** @throws where it cannot be told whether there is a stream */
  async #findStream(subject: string): Promise<void> {
    if (this.#streams.has(subject)) return;
    this.#streams.set(subject, await streamOf(this.#connection, subject, this.#domain));
  }
}

async function streamOf(
  connection: NatsConnection,
  subject: string,
  domain: string | undefined,
): Promise<string | undefined> {
  try {
    const manager = await connection.jetstreamManager({
      ...(domain === undefined ? {} : { domain }),
      checkAPI: false,
      timeout: answerMs,
    });
    const [name] = await manager.streams.names(subject).next();
    return name;
  } catch (error) {
    // A domain that does not answer will; a server without JetStream will not.
    if (domain === undefined && isWithoutJetStream(error)) return undefined;
    throw error;
  }
}

function isWithoutJetStream(error: unknown): boolean {
  if (!(error instanceof NatsError)) return false;
  const number = apiCode(error);
  if (number !== undefined) return number === notEnabled || number === notEnabledForAccount;
  return error.code === ErrorCode.NoResponders || error.code === ErrorCode.PermissionsViolation;
}

function isFinal(error: unknown): boolean {
  return error instanceof NatsError &&
    (error.code === ErrorCode.MaxPayloadExceeded || apiCode(error) === longerThanStreamTakes);
}

const notEnabled = 10076;
const notEnabledForAccount = 10039;
const longerThanStreamTakes = 10054;
const answerMs = 5_000;
