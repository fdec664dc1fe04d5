import { ErrorCode, type NatsConnection, NatsError } from "nats";
import { randomUUID } from "node:crypto";
import { parseBoundedJson } from "../base/bounded_json.ts";
import { type Bus, withBus } from "./bus_client.ts";
import type { ConnectionOptions } from "./connection_options.ts";
import { deniedIn, deniedText } from "../nats/mod.ts";
import { exitCode, type Io } from "./io.ts";
import { jsonLine, jsonLines, lines } from "./safe_text.ts";

/** Which meter is asked, and how the answer is shown. */
export interface TxTarget extends ConnectionOptions {
  readonly site: string;
  readonly meter: string;
  readonly json: boolean;
}

/** What a start asks for. */
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

const answerMs = 30_000;

/** Starts a transaction. */
export function txStart(target: TxTarget, start: TxStart, io: TxIo): Promise<number> {
  return ask(target, "start", {
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

/** Stops a transaction; the empty id ends whatever is open. */
export function txStop(target: TxTarget, id: string, io: TxIo): Promise<number> {
  return ask(target, "stop", { transaction_id: id }, io);
}

/** Tells how a transaction stands; without an id the open one, else the last. */
export function txStatus(target: TxTarget, id: string | undefined, io: TxIo): Promise<number> {
  return ask(target, "status", id === undefined ? {} : { transaction_id: id }, io);
}

function ask(target: TxTarget, what: string, body: unknown, io: TxIo): Promise<number> {
  return withBus(target, io, (client, bus) => answer(client, { ...target, ...bus }, what, body, io));
}

async function answer(
  client: NatsConnection,
  { prefix, site, meter, json }: TxTarget & Bus,
  what: string,
  body: unknown,
  io: TxIo,
): Promise<number> {
  const subject = `${prefix}.${site}.${meter}.transaction.${what}`;
  try {
    const message = await client.request(subject, JSON.stringify(body), { timeout: answerMs });
    const reply = parseBoundedJson(new TextDecoder().decode(message.data));
    io.out(json ? jsonLine(reply) : jsonLines(reply));
    return isOk(reply) ? exitCode.done : exitCode.failed;
  } catch (error) {
    if (error instanceof SyntaxError) {
      io.err(lines(`cannot use the answer on ${subject}: ${error.message}; does something else serve it?`));
      return exitCode.failed;
    }
    if (!(error instanceof NatsError)) throw error;
    io.err(lines(`cannot ask ${subject}: ${whyNot(error)}`));
    return exitCode.failed;
  }
}

function whyNot(error: NatsError): string {
  const denied = deniedIn(error);
  if (denied !== undefined) return deniedText(denied, "connect as a controller of this site");
  if (error.code === ErrorCode.NoResponders) {
    return "nobody serves this subject; check site and meter, and that the node runs";
  }
  if (error.code !== ErrorCode.Timeout) return error.message;
  return `no answer within ${answerMs / 1000} s; what was asked for may be done all the same: ask for its status`;
}

function isOk(reply: unknown): boolean {
  return typeof reply === "object" && reply !== null && "status" in reply && reply.status === "OK";
}
