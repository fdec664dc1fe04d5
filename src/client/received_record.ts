import type { OcmfResult } from "../contract/mod.ts";
import type { ClientConnection, ClientMessage } from "./connection.ts";
import { deliveryIn } from "./delivery.ts";
import { UnusableMessageError } from "./errors.ts";
import { clientError } from "./nats_failure.ts";
import { jsonObject } from "./request.ts";
import { repeated, type Sleep } from "./retries.ts";

const acknowledgeTimeoutMs = 10_000;

/** A record from the stream. It comes again until it is acknowledged. */
export class ReceivedRecord {
  /** `Nats-Msg-Id`: the same for every copy of the record. Use it as the unique key of your store. */
  readonly id: string;
  /** The published payload. */
  readonly result: OcmfResult;
  /** The subject on which the record was published. */
  readonly subject: string;
  /** How often the stream has delivered it to this consumer; above 1, it may be processed already. */
  readonly deliveries: number;
  readonly #pending: PendingMessage;

  /** For `WattsealClient.records`. */
  constructor(pending: PendingMessage, id: string, result: OcmfResult) {
    this.id = id;
    this.result = result;
    this.subject = pending.message.subject;
    this.deliveries = deliveryIn(pending.message.reply).deliveries;
    this.#pending = pending;
  }

  /**
   * Confirms that the record is stored for good: it does not come again. Resolves when the stream has acknowledged this.
   *
   * @throws {ClientError} it is not confirmed: the record may come again
   */
  acknowledge(): Promise<void> {
    return this.#pending.acknowledge();
  }

  /** Extends the time in which the record must be acknowledged, for slow processing. */
  extend(): void {
    this.#pending.answer("+WPI");
  }

  /** Gives the record back: the stream delivers it again, to this or another process. */
  release(): void {
    this.#pending.answer("-NAK");
  }
}

/** A message of the stream of records that cannot be used. */
export class UnusableRecordError extends UnusableMessageError {
  readonly #pending: PendingMessage;

  /** For `WattsealClient.records`. */
  constructor(message: string, pending: PendingMessage) {
    super(message);
    this.#pending = pending;
  }

  /** Skips the message: otherwise it comes again. Store it first. */
  acknowledge(): Promise<void> {
    return this.#pending.acknowledge();
  }

  /** The payload of the message. */
  get data(): Uint8Array {
    return this.#pending.message.data;
  }
}

/** A delivered message that waits for its acknowledgement. */
export class PendingMessage {
  readonly message: ClientMessage;
  readonly #connection: ClientConnection;
  readonly #time: Sleep;

  constructor(message: ClientMessage, connection: ClientConnection, time: Sleep) {
    this.message = message;
    this.#connection = connection;
    this.#time = time;
  }

  async acknowledge(): Promise<void> {
    const texts = {
      doing: `acknowledge the record on ${this.message.subject}`,
      whenNobody: "the consumer or JetStream is not available; the record comes again",
      timeoutMs: acknowledgeTimeoutMs,
    };
    const attempt = async (timeout: number) => {
      try {
        await this.#connection.request(this.message.reply ?? "", "+ACK", { timeout });
      } catch (error) {
        throw clientError(error, texts);
      }
    };
    await repeated(attempt, { timeoutMs: acknowledgeTimeoutMs }, this.#time);
  }

  answer(text: "+WPI" | "-NAK"): void {
    this.#connection.publish(this.message.reply ?? "", text);
  }
}

/**
 * The record in a message.
 *
 * @throws {UnusableRecordError} it is not a published record
 */
export function recordIn(pending: PendingMessage): ReceivedRecord {
  const { message } = pending;
  const id = message.headers?.get("Nats-Msg-Id") ?? "";
  const problem = `Cannot use the record on ${message.subject}`;
  try {
    const payload = jsonObject(message, problem);
    if (id !== "" && isRecord(payload)) return new ReceivedRecord(pending, id, payload);
  } catch (error) {
    if (!(error instanceof UnusableMessageError)) throw error;
    throw new UnusableRecordError(error.message, pending);
  }
  throw new UnusableRecordError(
    `${problem}: it has no Nats-Msg-Id or no field ocmf; it was not sent by a node`,
    pending,
  );
}

function isRecord(payload: object): payload is OcmfResult {
  return "ocmf" in payload && typeof payload.ocmf === "string";
}
