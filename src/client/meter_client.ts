import type { Subjects } from "../base/subjects.ts";
import type {
  AcknowledgeAnswer,
  PowermeterPayload,
  PublicKeyPayload,
  StartAnswer,
  StatusAnswer,
  StatusPayload,
  StopAnswer,
  TransactionRequest,
} from "../contract/mod.ts";
import type { ClientConnection } from "./connection.ts";
import { ClientError } from "./errors.ts";
import { askNode } from "./request.ts";
import { type AttemptOptions, canSucceedLater, isNotAccepted, repeated, type Sleep } from "./retries.ts";

/** A start: the fields of `TransactionReq`, of which only the charging point is required. */
export type StartFields = Partial<TransactionRequest> & Pick<TransactionRequest, "evse_id">;

/** The reply to a start; it always has the transaction id. */
export type Started = StartAnswer & { readonly transaction_id: string };

type Transaction = NonNullable<StatusAnswer["transaction"]>;

/** Whether a reported transaction is open. */
export function isOpen(transaction: Transaction | undefined): transaction is Transaction {
  return transaction?.state === "starting" || transaction?.state === "running";
}

/** One meter of a fleet. `WattsealClient.meter` returns it. */
export class MeterClient {
  /** The site of the meter. */
  readonly site: string;
  /** The name of the meter. */
  readonly name: string;
  readonly #connection: ClientConnection;
  readonly #subjects: Subjects;
  readonly #time: Sleep;

  /**
   * For `WattsealClient.meter`.
   *
   * @param name the name of the meter in the configuration of its site
   */
  constructor(connection: ClientConnection, subjects: Subjects, name: string, time: Sleep) {
    this.site = subjects.site;
    this.name = name;
    this.#connection = connection;
    this.#subjects = subjects;
    this.#time = time;
  }

  /**
   * Starts a transaction. The same id is used for every attempt, so one transaction starts.
   *
   * @param fields without `transaction_id`, the client makes one; without `identification_status`, it is `ASSIGNED` if
   * there is `identification_data`
   * @throws {ClientError} its `transactionId` is the id of this start
   */
  async start(fields: StartFields, options: AttemptOptions = {}): Promise<Started> {
    const { transaction_id: id = crypto.randomUUID(), identification_data: data = "" } = fields;
    const request: TransactionRequest = {
      identification_status: data === "" ? "NOT_ASSIGNED" : "ASSIGNED",
      identification_type: "NONE",
      identification_flags: [],
      ...fields,
      transaction_id: id,
    };
    const answer: StartAnswer = await this.#about(
      id,
      () => this.#ask("transaction.start", "start a transaction on", options, request),
    );
    return { ...answer, transaction_id: id };
  }

  /**
   * Stops a transaction and returns its record. A repeated stop returns the same record.
   *
   * @param transactionId absent: the open transaction, whatever its id. Without a transaction the reply has only its
   * status
   * @throws {ClientError} its `transactionId` is the id of this stop
   */
  async stop(transactionId?: string, options: AttemptOptions = {}): Promise<StopAnswer> {
    const id = transactionId ?? await this.#openId(options);
    // A repeated stop without an id could end a transaction that has begun in the meantime
    const mayRepeat = id === "" ? isNotAccepted : canSucceedLater;
    return this.#about(
      id,
      () => this.#ask("transaction.stop", "stop a transaction on", options, { transaction_id: id }, mayRepeat),
    );
  }

  /**
   * The state of a transaction.
   *
   * @param transactionId absent: the open transaction, otherwise the last one
   */
  transaction(transactionId?: string, options: AttemptOptions = {}): Promise<StatusAnswer> {
    const body = transactionId === undefined ? {} : { transaction_id: transactionId };
    return this.#ask("transaction.status", "report the transaction status of", options, body);
  }

  /** The status of the meter, with its open transaction. */
  status(options: AttemptOptions = {}): Promise<StatusPayload> {
    return this.#ask("status.get", "report the status of", options);
  }

  /** The live values, read now. */
  reading(options: AttemptOptions = {}): Promise<PowermeterPayload> {
    return this.#ask("reading.get", "read", options);
  }

  /** The public key. */
  publicKey(options: AttemptOptions = {}): Promise<PublicKeyPayload> {
    return this.#ask("public_key.get", "report the public key of", options);
  }

  /** Acknowledges a fault that the service does not clear: `MeterExchanged` or `PublicKeyChanged`. */
  acknowledge(fault: string, options: AttemptOptions = {}): Promise<AcknowledgeAnswer> {
    return this.#ask("acknowledge", "acknowledge a fault of", options, { sub_type: fault });
  }

  async #openId(options: AttemptOptions): Promise<string> {
    const { transaction } = await this.transaction(undefined, options);
    return isOpen(transaction) ? transaction.transaction_id ?? "" : "";
  }

  async #ask<Answer extends object>(
    suffix: string,
    verb: string,
    options: AttemptOptions,
    body?: object,
    mayRepeat?: (error: unknown) => boolean,
  ): Promise<Answer> {
    const request = {
      subject: this.#subjects.of(this.name, suffix),
      doing: `${verb} ${this.name} of ${this.site}`,
      ...(body !== undefined && { body }),
    };
    // The schema of the reply is part of the contract with the node
    return await repeated(
      (timeoutMs) => askNode(this.#connection, request, timeoutMs),
      options,
      this.#time,
      mayRepeat,
    ) as Answer;
  }

  async #about<T>(transactionId: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof ClientError && transactionId !== "") error.transactionId = transactionId;
      throw error;
    }
  }
}
