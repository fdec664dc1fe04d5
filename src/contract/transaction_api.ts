import type { CurrentTransaction, MeterTransactions } from "../transaction/mod.ts";
import { parseRequest } from "./parse_request.ts";
import { startAnswer, statusAnswer, stopAnswer } from "./transaction_answers.ts";
import {
  type AcknowledgeAnswer,
  acknowledgeRequestSchema,
  type StartAnswer,
  startRequestOf,
  type StatusAnswer,
  statusRequestSchema,
  type StopAnswer,
  stopRequestSchema,
  transactionRequestSchema,
} from "./transaction_schemas.ts";

/**
 * The transactions of one meter for clients. Validates the JSON of a request and creates the JSON of the answer. Throws
 * on failure; `errorAnswer` creates the answer to a failed request.
 */
export class TransactionApi {
  readonly #transactions: MeterTransactions;

  constructor(transactions: MeterTransactions) {
    this.#transactions = transactions;
  }

  /** The open transaction, otherwise the last one. */
  get current(): CurrentTransaction {
    return this.#transactions.current;
  }

  /**
   * @param request see `transactionRequestSchema`
   * @param untilMs monotonic time in milliseconds until which the request waits for its turn; default: no limit
   * @throws {TransactionError}
   */
  async start(request: unknown, untilMs?: number): Promise<StartAnswer> {
    const parsed = parseRequest(transactionRequestSchema, request);
    const whenRunning = parsed.supersede ? "supersede" : "refuse";
    return startAnswer(await this.#transactions.start(startRequestOf(parsed), untilMs, whenRunning));
  }

  /**
   * @param request see `stopRequestSchema`
   * @param untilMs monotonic time in milliseconds until which the request waits for its turn; default: no limit
   * @throws {TransactionError}
   */
  async stop(request: unknown, untilMs?: number): Promise<StopAnswer> {
    const { transaction_id: id } = parseRequest(stopRequestSchema, request);
    return stopAnswer(await this.#transactions.stop(id, untilMs), id !== "");
  }

  /** Whether a request is a stop that is never refused: of the open transaction, or with an empty id. */
  isNeverRefused(request: object): boolean {
    const { success, data } = stopRequestSchema.safeParse(request);
    return success && this.#transactions.isNeverRefused(data.transaction_id);
  }

  /**
   * @param request see `statusRequestSchema`; undefined: the open transaction, otherwise the last one
   * @throws {TransactionError} `INVALID_REQUEST`, `UNKNOWN_TRANSACTION` or `JOURNAL_FAILED`
   */
  status(request: unknown): StatusAnswer {
    const { transaction_id: id, transaction_id_prefix: prefix } = parseRequest(statusRequestSchema, request ?? {});
    if (typeof prefix === "string") return { status: "OK", transaction_ids: this.#transactions.idsWith(prefix) };
    return statusAnswer(this.#transactions.status(id ?? ""));
  }

  /**
   * @param request see `acknowledgeRequestSchema`
   * @param untilMs monotonic time in milliseconds until which the request waits for its turn; default: no limit
   * @throws {TransactionError}
   */
  async acknowledge(request: unknown, untilMs?: number): Promise<AcknowledgeAnswer> {
    const { sub_type: subType } = parseRequest(acknowledgeRequestSchema, request);
    await this.#transactions.acknowledge(subType, untilMs);
    return { status: "OK" };
  }
}
