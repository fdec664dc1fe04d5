import { type ApiError, ErrorCode, type Msg, type NatsConnection, NatsError, type PubAck, RequestStrategy } from "nats";
import { namedHeaders } from "./publish.ts";

/** The stream that must acknowledge a message. */
export interface ExpectedStream {
  /** Name of the stream. */
  readonly stream: string;
  /** JetStream domain of the stream; undefined: any, because the server does not name one. */
  readonly domain: string | undefined;
}

/** Name and domain of a stream as one text. */
export function streamLabel({ stream, domain }: ExpectedStream): string {
  return domain === undefined ? stream : `${stream}@${domain}`;
}

/** A message that a stream must store. */
export interface AcknowledgedMessage {
  readonly subject: string;
  readonly payload: string;
  /** Message id for the duplicate detection of the stream. */
  readonly messageId: string;
  readonly expected: ExpectedStream;
  /** Timeout in milliseconds. */
  readonly timeoutMs: number;
}

/** Only other streams or programs have answered: the message counts as not stored. */
export class ForeignAcknowledgement extends Error {
  override readonly name = "ForeignAcknowledgement";
  readonly expected: ExpectedStream;
  /** The stream or program that answered, if the answer names it. */
  readonly answered: { readonly stream: string | undefined; readonly domain: string | undefined };

  constructor(expected: ExpectedStream, answered: ForeignAcknowledgement["answered"]) {
    super(
      `${nameOf(expected)} must acknowledge the message, but ${nameOf(answered)} answered; ` +
        "check that only one stream has the subject and that no other program answers on it",
    );
    this.expected = expected;
    this.answered = answered;
  }
}

/**
 * Publishes a message and waits until the expected stream acknowledges it. Ignores other answers while the expected one
 * can still arrive. The message does not have the header `Nats-Expected-Stream`: servers before 2.10.14 would refuse it
 * in a stream with another name that uses this one as its source, for example on a hub.
 *
 * @throws {ForeignAcknowledgement} only other streams or programs answered
 * @throws {NatsError} the stream refuses the message (`api_error`), there is no answer in time, or the server refuses
 * it
 */
export async function publishAcknowledged(connection: NatsConnection, message: AcknowledgedMessage): Promise<PubAck> {
  const { subject, payload, messageId, expected, timeoutMs } = message;
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
    if (ack !== undefined && isExpected(expected, ack)) return ack;
    if (error !== undefined && (stream === undefined || stream === expected.stream)) refusal ??= error;
    else foreign ??= new ForeignAcknowledgement(expected, { stream, domain });
    if (++count === maxAnswers) break;
  }
  throw refusal ?? foreign ?? new NatsError(
    `No acknowledgement of ${nameOf(expected)} within ${timeoutMs} ms`,
    ErrorCode.Timeout,
  );
}

/** After another answer, the expected one may still arrive within this time. */
const otherAnswerMs = 500;
const maxAnswers = 16;

/** Content of an answer to a published message. */
export interface Answer {
  readonly ack?: PubAck;
  readonly error?: NatsError;
  readonly stream: string | undefined;
  readonly domain: string | undefined;
}

/** Parses the answer of a stream or of another program to a published message. */
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

/** Whether an acknowledgement comes from the stream that must store the message. */
export function isExpected({ stream, domain }: ExpectedStream, ack: Pick<PubAck, "stream" | "domain">): boolean {
  return ack.stream === stream && (domain === undefined || ack.domain === domain);
}

/** A stream as text for messages. */
export function nameOf({ stream, domain }: ForeignAcknowledgement["answered"]): string {
  return `stream ${stream ?? "(none named)"}${domain === undefined ? "" : ` of domain ${domain}`}`;
}
