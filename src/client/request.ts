import { parseBoundedJson } from "../base/bounded_json.ts";
import type { FailedAnswer } from "../contract/mod.ts";
import type { ClientConnection, ClientMessage } from "./connection.ts";
import { type RefusalCode, RefusedError, UnusableMessageError } from "./errors.ts";
import { clientError } from "./nats_failure.ts";

/** One request to a node. */
export interface NodeRequest {
  readonly subject: string;
  /** Absent: no payload. */
  readonly body?: object;
  /** The operation: `read evse-1 of berlin-01`. */
  readonly doing: string;
}

/** Share of the time of a request that it may wait at the node. The rest is for its work and its reply. */
const waitingShare = 0.8;
const longestWaitMs = 600_000;

/**
 * Sends one request to a node.
 *
 * @param timeoutMs the node does not begin a request that has waited for most of this time
 * @returns the payload of the reply, a JSON object
 * @throws {ClientError}
 */
export async function askNode(
  connection: ClientConnection,
  { subject, body, doing }: NodeRequest,
  timeoutMs: number,
): Promise<object> {
  const texts = {
    doing: `${doing} (${subject})`,
    whenNobody: "no node serves this subject; check site, meter and subject prefix, and that the node runs",
    timeoutMs,
  };
  let reply: ClientMessage;
  try {
    reply = await connection.request(subject, body === undefined ? "" : JSON.stringify(body), {
      timeout: timeoutMs,
      headers: waitHeader(timeoutMs),
    });
  } catch (error) {
    throw clientError(error, texts);
  }
  const payload = jsonObject(reply, `Cannot ${texts.doing}`);
  if (!isRefusal(payload)) return payload;
  throw new RefusedError(payload.error ?? `Cannot ${texts.doing}: ${payload.code}`, payload);
}

/** A newer node can have codes that this release does not know. */
function isRefusal(payload: object): payload is FailedAnswer & { readonly code: RefusalCode } {
  return "code" in payload && typeof payload.code === "string" && "status" in payload && payload.status !== "OK";
}

/**
 * The payload of a message.
 *
 * @param problem begin of the message of the error: `Cannot read evse-1`
 * @throws {UnusableMessageError} it is not a JSON object
 */
export function jsonObject({ subject, data }: ClientMessage, problem: string): object {
  try {
    const payload = parseBoundedJson(new TextDecoder().decode(data));
    if (typeof payload === "object" && payload !== null && !Array.isArray(payload)) return payload;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new UnusableMessageError(
    `${problem}: the message on ${subject} is not a JSON object; check that no other program serves this subject`,
  );
}

/** Headers in the form that the NATS library sends. Its own constructor would bind the client to one package. */
function waitHeader(timeoutMs: number): { encode(): Uint8Array } {
  const waitMs = Math.min(Math.max(1, Math.floor(timeoutMs * waitingShare)), longestWaitMs);
  return { encode: () => new TextEncoder().encode(`NATS/1.0\r\nWattseal-Timeout-Ms: ${waitMs}\r\n\r\n`) };
}
