import { type ApiError, ErrorCode, type Msg, type NatsConnection, NatsError, type PubAck, RequestStrategy } from "nats";
import { namedHeaders } from "./publish.ts";

/** Which stream has to acknowledge. */
export interface ExpectedStream {
  /** Name of the stream. */
  readonly stream: string;
  /** JetStream domain of the stream; absent: whichever, because the server names none. */
  readonly domain: string | undefined;
}

/** One text for a stream's name and domain. */
export function streamLabel({ stream, domain }: ExpectedStream): string {
  return domain === undefined ? stream : `${stream}@${domain}`;
}

/** A message that a stream has to keep. */
export interface AcknowledgedMessage {
  readonly subject: string;
  readonly payload: string;
  /** Name of the message for the stream's detection of duplicates. */
  readonly messageId: string;
  readonly holder: ExpectedStream;
  /** Longest time until an answer, in milliseconds. */
  readonly timeoutMs: number;
}

/** Somebody else than the expected stream answered: the message counts as not kept. */
export class ForeignAcknowledgement extends Error {
  override readonly name = "ForeignAcknowledgement";
  readonly expected: ExpectedStream;
  /** Who answered, as far as the answer says. */
  readonly answered: { readonly stream: string | undefined; readonly domain: string | undefined };

  constructor(expected: ExpectedStream, answered: ForeignAcknowledgement["answered"]) {
    super(
      `The acknowledgement has to come from ${nameOf(expected)}, and came from ${nameOf(answered)}; ` +
        "check that one stream only holds the subject and that no other program answers on it",
    );
    this.expected = expected;
    this.answered = answered;
  }
}

/**
 * Publishes a message and waits until the expected stream says that it keeps it. Answers of others are passed over as
 * long as the expected one may still come. The message itself does not name the stream (`Nats-Expected-Stream`): servers
 * before 2.10.14 then refuse it in a stream of another name that has this one as its source, as a hub's may.
 *
 * @throws {ForeignAcknowledgement} only others answered
 * @throws {NatsError} the stream refuses (`api_error`), nobody answers in time, or the server does not take the message
 */
export async function publishAcknowledged(connection: NatsConnection, message: AcknowledgedMessage): Promise<PubAck> {
  const { subject, payload, messageId, holder, timeoutMs } = message;
  const answers = await connection.requestMany(subject, payload, {
    strategy: RequestStrategy.JitterTimer,
    maxWait: timeoutMs,
    jitter: otherAnswerMs,
    headers: namedHeaders(messageId),
  });
  let refusal: NatsError | undefined;
  let foreign: ForeignAcknowledgement | undefined;
  let count = 0;
  for await (const answer of answers) {
    const { ack, error, stream, domain } = readAnswer(answer);
    if (ack !== undefined && isExpected(holder, ack)) return ack;
    if (error !== undefined && (stream === undefined || stream === holder.stream)) refusal ??= error;
    else foreign ??= new ForeignAcknowledgement(holder, { stream, domain });
    if (++count === mostAnswers) break;
  }
  throw refusal ?? foreign ?? new NatsError(
    `No acknowledgement of ${nameOf(holder)} within ${timeoutMs} ms`,
    ErrorCode.Timeout,
  );
}

/** After an answer that does not count, the expected one may still be on its way. */
const otherAnswerMs = 500;
const mostAnswers = 16;

/** What an answer to a published message says. */
export interface Answer {
  readonly ack?: PubAck;
  readonly error?: NatsError;
  readonly stream: string | undefined;
  readonly domain: string | undefined;
}

/** Reads what somebody answered to a published message: a stream, or another program. */
export function readAnswer(answer: Msg): Answer {
  const fields = fieldsOf(answer);
  const [stream, domain] = [textOf(fields["stream"]), textOf(fields["domain"])];
  const { error, seq, duplicate } = fields;
  if (isApiError(error)) return { error: refusalOf(error), stream, domain };
  if (stream === undefined || typeof seq !== "number") return { stream, domain };
  const ack: PubAck = { stream, seq, duplicate: duplicate === true, ...(domain === undefined ? {} : { domain }) };
  return { ack, stream, domain };
}

function fieldsOf(answer: Msg): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = answer.json();
    return typeof value === "object" && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

function isApiError(value: unknown): value is ApiError {
  return typeof value === "object" && value !== null && "description" in value &&
    typeof value.description === "string" && "code" in value && typeof value.code === "number";
}

function refusalOf(error: ApiError): NatsError {
  const refusal = new NatsError(error.description, `${error.code}`);
  refusal.api_error = error;
  return refusal;
}

/** Whether an acknowledgement comes from the stream that has to keep the message. */
export function isExpected({ stream, domain }: ExpectedStream, ack: Pick<PubAck, "stream" | "domain">): boolean {
  return ack.stream === stream && (domain === undefined || ack.domain === domain);
}

/** A stream as a person reads it. */
export function nameOf({ stream, domain }: ForeignAcknowledgement["answered"]): string {
  return `stream ${stream ?? "(none named)"}${domain === undefined ? "" : ` of domain ${domain}`}`;
}
