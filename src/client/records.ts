import { BackOff } from "../base/back_off.ts";
import { parseBoundedJson } from "../base/bounded_json.ts";
import type { ClientConnection, ClientMessage } from "./connection.ts";
import { NobodyThereError, TimedOutError } from "./errors.ts";
import { clientError } from "./nats_failure.ts";
import { PendingMessage, type ReceivedRecord, recordIn } from "./received_record.ts";
import { isUnanswered, type Sleep, unlessAborted } from "./retries.ts";

/** Which consumer delivers the records. */
export interface RecordsOptions {
  /** Name of the durable consumer, which an administrator creates: `wattseal fleet setup`. @default `billing` */
  readonly consumer?: string;
  /** Name of the stream. @default the prefix in capitals with `_OCMF`: `WATTSEAL_OCMF` */
  readonly stream?: string;
  /** Ends the iteration. */
  readonly signal?: AbortSignal;
}

/** The consumer of a stream. */
export interface ConsumerPlace {
  /** Prefix of JetStream requests. */
  readonly api: string;
  readonly stream: string;
  readonly consumer: string;
}

/** The server waits this long for a record. Shorter than what a lost request may delay the next record. */
const waitMs = 5_000;
/** Time for the answer itself. */
const answerMs = 3_000;
const pauses = { firstMs: 500, longestMs: 10_000 };
/** Failures in a row that do not end the iteration, if the consumer was there before: more than a minute. */
const maxFailures = 10;
/** Statuses of a request for a record: there is none now. */
const noRecord: readonly number[] = [404, 408];

/**
 * The records of a durable consumer, one after the other. Continues after reconnections and restarts of the servers.
 *
 * @throws {ClientError} the consumer does not exist, a permission is missing, the connection is closed
 */
export async function* receivedRecords(
  connection: ClientConnection,
  place: ConsumerPlace,
  signal: AbortSignal | undefined,
  time: Sleep,
): AsyncGenerator<ReceivedRecord, void, void> {
  const backOff = new BackOff(pauses);
  let [isKnown, failures] = [false, 0];
  while (signal?.aborted !== true) {
    try {
      const message = await nextMessage(connection, place, isKnown ? waitMs : 0, signal, time);
      if (message === undefined) return;
      isKnown = true;
      failures = 0;
      backOff.reset();
      if (message !== "none") yield recordIn(new PendingMessage(message, connection, time));
    } catch (error) {
      if (!isUnanswered(error) || ++failures > (isKnown ? maxFailures : 1)) throw error;
      await time.sleep(backOff.failed(), signal);
      // All failures of one outage count as one
      await untilConnected(connection, signal, time);
    }
  }
}

/** The library ends a flush with an error at each attempt to reconnect that fails. */
async function untilConnected(
  connection: ClientConnection,
  signal: AbortSignal | undefined,
  time: Sleep,
): Promise<void> {
  while (signal?.aborted !== true && !connection.isClosed()) {
    try {
      return await unlessAborted(connection.flush(), signal);
    } catch {
      await time.sleep(pauses.firstMs, signal);
    }
  }
}

/**
 * The next record. A server does not answer if the consumer does not exist.
 *
 * @param waitMs how long the server waits for a record; 0: it answers at once
 * @returns undefined: aborted
 */
async function nextMessage(
  connection: ClientConnection,
  { api, stream, consumer }: ConsumerPlace,
  waitMs: number,
  signal: AbortSignal | undefined,
  time: Sleep,
): Promise<ClientMessage | "none" | undefined> {
  const body = JSON.stringify({ batch: 1, ...(waitMs === 0 ? { no_wait: true } : { expires: waitMs * 1e6 }) });
  const timeoutMs = waitMs + answerMs;
  const request = connection.request(`${api}.CONSUMER.MSG.NEXT.${stream}.${consumer}`, body, {
    timeout: timeoutMs,
    noMux: true,
  });
  const doing = `receive records from consumer ${consumer} of stream ${stream}`;
  const whenNobody = "there is no such consumer, or JetStream does not answer; an administrator creates it with " +
    "`wattseal fleet setup`";
  let message: ClientMessage;
  try {
    message = await unlessAborted(request, signal);
  } catch (error) {
    if (signal?.aborted !== true) {
      throw noAnswer(clientError(error, { doing, whenNobody, timeoutMs }), `Cannot ${doing}: ${whenNobody}`);
    }
    // A record that arrives now is for the next iteration
    request.then((late) => new PendingMessage(late, connection, time).answer("-NAK")).catch(() => {});
    return undefined;
  }
  const { code = 0, description = "" } = message.headers ?? {};
  if (code === 0) {
    const problem = apiProblem(message);
    if (problem !== undefined) throw new NobodyThereError(`Cannot ${doing}: ${problem}`);
    return message;
  }
  if (noRecord.includes(code)) return "none";
  throw new NobodyThereError(`Cannot ${doing}: the server answered ${code} ${description}; ${whenNobody}`);
}

function noAnswer(error: unknown, text: string): unknown {
  return error instanceof TimedOutError ? new TimedOutError(text, { cause: error }) : error;
}

/** The reason if a message is an error of the JetStream API and not a record. */
function apiProblem({ reply, data }: ClientMessage): string | undefined {
  if (reply !== undefined && reply !== "") return undefined;
  try {
    const payload = parseBoundedJson(new TextDecoder().decode(data));
    return JSON.stringify(payload);
  } catch {
    return "the answer is not from JetStream";
  }
}
