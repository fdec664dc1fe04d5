import { parseBoundedJson } from "../base/bounded_json.ts";
import type { ClientConnection, ClientMessage } from "./connection.ts";
import { deliveryIn } from "./delivery.ts";
import { NobodyThereError, TimedOutError } from "./errors.ts";
import { clientError } from "./nats_failure.ts";
import { type Sleep, unlessAborted } from "./retries.ts";

/** The stream of states, and how it is reached. */
export interface RetainedPlace {
  /** Prefix of JetStream requests. */
  readonly api: string;
  readonly stream: string;
  /** First tokens of the subjects for answers. */
  readonly inboxPrefix: string;
}

const answerMs = 10_000;
/** Without a message for this time, the server has stopped in the middle. */
const idleMs = 30_000;

/**
 * Reads the last message of each subject that the stream stores. Needs the permission to create a consumer of this
 * stream, which the server removes when nobody receives its messages.
 *
 * @throws {ClientError}
 */
export async function readRetained(
  connection: ClientConnection,
  { api, stream, inboxPrefix }: RetainedPlace,
  filter: string,
  take: (message: ClientMessage) => void,
  time: Sleep,
): Promise<void> {
  const inbox = `${inboxPrefix}.${crypto.randomUUID()}`;
  const doing = `read the retained messages ${filter} of stream ${stream}`;
  const messages = connection.subscribe(inbox);
  try {
    const config = {
      deliver_subject: inbox,
      deliver_policy: "last_per_subject",
      filter_subject: filter,
      ack_policy: "none",
    };
    const reply = await connection.request(
      `${api}.CONSUMER.CREATE.${stream}`,
      JSON.stringify({ stream_name: stream, config }),
      { timeout: answerMs },
    );
    if (pendingIn(reply, doing) === 0) return;
    await takeAll(messages, take, time, doing);
  } catch (error) {
    const whenNobody = "the server has no JetStream, or no leader now";
    throw clientError(error, { doing, whenNobody, timeoutMs: answerMs });
  } finally {
    if (!connection.isClosed()) messages.unsubscribe();
  }
}

/** @throws {NobodyThereError} the server has not created the consumer */
function pendingIn({ data }: ClientMessage, doing: string): number {
  const answer = parseBoundedJson(new TextDecoder().decode(data));
  if (typeof answer === "object" && answer !== null && "num_pending" in answer) return Number(answer.num_pending);
  throw new NobodyThereError(`Cannot ${doing}: the server answered ${JSON.stringify(answer)}`);
}

async function takeAll(
  messages: AsyncIterable<ClientMessage>,
  take: (message: ClientMessage) => void,
  time: Sleep,
  doing: string,
): Promise<void> {
  const iterator = messages[Symbol.asyncIterator]();
  const ended = new AbortController();
  try {
    while (true) {
      const idle = new AbortController();
      void time.sleep(idleMs, idle.signal).then(() => {
        if (!idle.signal.aborted) ended.abort(new TimedOutError(`Cannot ${doing}: no message for ${idleMs / 1000} s`));
      });
      const { done, value } = await unlessAborted(iterator.next(), ended.signal).finally(() => idle.abort());
      if (done === true) throw new TimedOutError(`Cannot ${doing}: the connection is closed`);
      take(value);
      if (deliveryIn(value.reply).remaining === 0) return;
    }
  } finally {
    void iterator.return?.();
  }
}
