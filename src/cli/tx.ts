import { ErrorCode, type NatsConnection, NatsError } from "nats";
import { randomUUID } from "node:crypto";
import { parseBoundedJson } from "../base/bounded_json.ts";
import { type Bus, withBus } from "./bus_client.ts";
import type { ConnectionOptions } from "./connection_options.ts";
import { Subjects } from "../contract/mod.ts";
import { deniedIn, deniedText } from "../nats/mod.ts";
import { exitCode, type Io } from "./io.ts";
import { jsonLine, jsonLines, lines } from "./safe_text.ts";

/** The meter of a request, and the format of the reply. */
export interface TxTarget extends ConnectionOptions {
  readonly site: string;
  readonly meter: string;
  readonly json: boolean;
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
}

type TxIo = Pick<Io, "out" | "err" | "env">;

const replyTimeoutMs = 30_000;

/** Starts a transaction. */
export function txStart(target: TxTarget, start: TxStart, io: TxIo): Promise<number> {
  return request(target, "start", {
    evse_id: start.evse,
    transaction_id: start.id ?? randomUUID(),
    identification_status: start.idData === "" ? "NOT_ASSIGNED" : "ASSIGNED",
    identification_level: start.level,
    identification_type: start.idType,
    identification_flags: start.flags,
    identification_data: start.idData,
    tariff_text: start.tariff,
    charging_point_type: start.pointType,
    session_modality: start.modality,
  }, io);
}

/** Stops a transaction. An empty id stops the open transaction, whatever its id. */
export function txStop(target: TxTarget, id: string, io: TxIo): Promise<number> {
  return request(target, "stop", { transaction_id: id }, io);
}

/** Shows the status of a transaction; without an id that of the open one, else of the last one. */
export function txStatus(target: TxTarget, id: string | undefined, io: TxIo): Promise<number> {
  return request(target, "status", id === undefined ? {} : { transaction_id: id }, io);
}

function request(target: TxTarget, what: string, body: unknown, io: TxIo): Promise<number> {
  return withBus(target, io, (client, bus) => sendRequest(client, { ...target, ...bus }, what, body, io));
}

async function sendRequest(
  client: NatsConnection,
  { prefix, site, meter, json }: TxTarget & Bus,
  what: string,
  body: unknown,
  io: TxIo,
): Promise<number> {
  const subject = new Subjects(prefix, site).of(meter, `transaction.${what}`);
  try {
    const message = await client.request(subject, JSON.stringify(body), { timeout: replyTimeoutMs });
    const reply = parseBoundedJson(new TextDecoder().decode(message.data));
    io.out(json ? jsonLine(reply) : jsonLines(reply));
    return isOk(reply) ? exitCode.done : exitCode.failed;
  } catch (error) {
    if (error instanceof SyntaxError) {
      io.err(lines(
        `Cannot use the reply on ${subject}: ${error.message}; check that no other program serves ` +
          "this subject",
      ));
      return exitCode.failed;
    }
    if (!(error instanceof NatsError)) throw error;
    io.err(lines(`Request to ${subject} failed: ${failureText(error)}`));
    return exitCode.failed;
  }
}

function failureText(error: NatsError): string {
  const denied = deniedIn(error);
  if (denied !== undefined) return deniedText(denied, "connect as a controller of this site");
  if (error.code === ErrorCode.NoResponders) {
    return "no node serves this subject; check --site and --meter, and that the node runs";
  }
  if (error.code !== ErrorCode.Timeout) return error.message;
  return `no reply within ${replyTimeoutMs / 1000} s; the request may still be carried out: check with tx status`;
}

function isOk(reply: unknown): boolean {
  return typeof reply === "object" && reply !== null && "status" in reply && reply.status === "OK";
}
