import { randomUUID } from "node:crypto";
import { isOpen } from "../client/mod.ts";
import { errorSchema, transactionSchemas } from "../contract/mod.ts";
import { withBus } from "./bus_client.ts";
import type { ConnectionOptions } from "./connection_options.ts";
import { exitCode, type Io } from "./io.ts";
import { availableWidth } from "./record_table.ts";
import { jsonLine, jsonLines, lines } from "./safe_text.ts";
import { meantTransaction } from "./meant_transaction.ts";
import { askMeter, type TxAsk } from "./tx_request.ts";
import { startLines, statusLines, stopLines } from "./tx_text.ts";

/** The meter of a request, and the format of the reply. */
export interface TxTarget extends ConnectionOptions {
  readonly site: string;
  readonly meter: string;
  readonly json: boolean;
  /** Prints the whole reply, as indented JSON. */
  readonly full?: boolean | undefined;
}

/** Fields of a start request. */
export interface TxStart {
  readonly id?: string;
  readonly evse: string;
  readonly idType: string;
  readonly idData: string;
  readonly level: string;
  readonly flags: readonly string[];
  readonly tariff: string;
  readonly pointType: string;
  readonly modality: string;
  /** Ends the open transaction first. */
  readonly supersede?: boolean;
}

/** Requests to the meter of a command. */
interface MeterRequests {
  readonly ask: TxAsk;
  /** For requests whose failure must not prevent the next request: no message, and a short wait. */
  readonly tryAsk: TxAsk;
}

const lookupTimeoutMs = 5_000;

type TxIo = Pick<Io, "out" | "err" | "env" | "terminalSize">;

/**
 * Starts a transaction. Without `supersede`, it is refused while another transaction is open: the command asks for the
 * state first, because earlier releases of the service ignore the field of the request that refuses it.
 */
export function txStart(target: TxTarget, start: TxStart, io: TxIo): Promise<number> {
  const { meter } = target;
  const id = start.id ?? randomUUID();
  return withMeter(target, io, async ({ ask }) => {
    const isCareful = start.supersede !== true;
    if (isCareful) {
      const known = await ask("status", {});
      if (known === undefined) return exitCode.failed;
      const open = openTransaction(known);
      if (open !== undefined && open !== id) return report(refusal(meter, open), target, io);
    }
    const reply = await ask("start", {
      evse_id: start.evse,
      transaction_id: id,
      identification_status: start.idData === "" ? "NOT_ASSIGNED" : "ASSIGNED",
      identification_level: start.level,
      identification_type: start.idType,
      identification_flags: start.flags,
      identification_data: start.idData,
      tariff_text: start.tariff,
      charging_point_type: start.pointType,
      session_modality: start.modality,
      ...(isCareful && { supersede: false }),
    });
    return report(reply, target, io, () => {
      const { success, data } = transactionSchemas.TransactionStartResponse.safeParse(reply);
      return success ? startLines(data, { meter, evse: start.evse }) : undefined;
    });
  });
}

/** Stops a transaction, or shows how it had ended. An empty id stops the open transaction, whatever its id. */
export function txStop(target: TxTarget, id: string, io: TxIo): Promise<number> {
  return withMeter(target, io, async ({ ask, tryAsk }) => {
    const meant = await meantTransaction(tryAsk, id, io);
    if (meant === undefined) return exitCode.failed;
    const reply = await ask("stop", { transaction_id: meant.id });
    return report(reply, target, io, () => {
      const { success, data } = transactionSchemas.TransactionStopResponse.safeParse(reply);
      return success ? stopLines(data, { ...meant, meter: target.meter }, availableWidth(io)) : undefined;
    });
  });
}

/** Shows the status of a transaction; without an id that of the open one, else of the last one. */
export function txStatus(target: TxTarget, id: string | undefined, io: TxIo): Promise<number> {
  return withMeter(target, io, async ({ ask, tryAsk }) => {
    const meant = id === undefined ? undefined : await meantTransaction(tryAsk, id, io);
    if (id !== undefined && meant === undefined) return exitCode.failed;
    const reply = await ask("status", meant === undefined ? {} : { transaction_id: meant.id });
    return report(reply, target, io, () => {
      const { success, data } = transactionSchemas.TransactionStatusResponse.safeParse(reply);
      return success ? statusLines(data.transaction, target.meter) : undefined;
    });
  });
}

function withMeter(target: TxTarget, io: TxIo, work: (requests: MeterRequests) => Promise<number>): Promise<number> {
  return withBus(target, io, (client, bus) => {
    const meter = { ...target, ...bus };
    const quiet = { err: () => {} };
    return work({ ask: askMeter(client, meter, io), tryAsk: askMeter(client, meter, quiet, lookupTimeoutMs) });
  });
}

/** The id of the transaction that a start would end; undefined: none. */
function openTransaction(reply: unknown): string | undefined {
  const transaction = transactionSchemas.TransactionStatusResponse.safeParse(reply).data?.transaction;
  return isOpen(transaction) ? transaction.transaction_id ?? "a transaction without an id" : undefined;
}

function refusal(meter: string, open: string): object {
  return {
    status: "UNEXPECTED_ERROR",
    code: "TRANSACTION_OPEN",
    error: `Cannot start a transaction on meter ${meter}: ${open} is open; stop it first, or give --supersede`,
  };
}

function report(
  reply: unknown,
  { json, full }: TxTarget,
  io: TxIo,
  text: () => string[] | undefined = () => undefined,
): number {
  if (reply === undefined) return exitCode.failed;
  const isDone = isOk(reply);
  const failure = errorSchema.safeParse(reply).data;
  const shown = isDone ? text() : undefined;
  if (json) io.out(jsonLine(reply));
  else if (full !== true && shown !== undefined) io.out(lines(...shown));
  else if (full !== true && failure !== undefined) io.err(lines(`${failure.code}: ${failure.error}`));
  else io.out(jsonLines(reply));
  return isDone ? exitCode.done : exitCode.failed;
}

function isOk(reply: unknown): boolean {
  return typeof reply === "object" && reply !== null && "status" in reply && reply.status === "OK";
}
