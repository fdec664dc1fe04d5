import { type NatsConnection, NatsError } from "nats";
import type { HoldingStream } from "./holder.ts";
import { jetstreamOf } from "./jetstream_of.ts";
import { apiCode, messageNotFound } from "./jetstream_reason.ts";
import { apiPrefix } from "./needed_rights.ts";

/** The last message of a subject, or the one with a number. */
export type MessageChoice = { readonly last_by_subj: string } | { readonly seq: number };

/** A message as a stream has it. */
export interface FoundMessage {
  readonly seq: number;
  readonly messageId: string;
}

/**
 * Looks for one message of a stream.
 *
 * @param domain of the request; absent: that of the connected server
 * @returns `none` where the stream has no such message; undefined where nobody says, for want of a right for example
 */
export async function findMessage(
  connection: NatsConnection,
  { stream, config, createdAt }: HoldingStream,
  which: MessageChoice,
  domain: string | undefined,
): Promise<FoundMessage | "none" | undefined> {
  try {
    // A stream that does not allow it never answers: it has to be known
    if ("last_by_subj" in which && config.allow_direct && createdAt !== "") {
      return await lastDirectly(connection, `${apiPrefix(domain)}.DIRECT.GET.${stream}.${which.last_by_subj}`);
    }
    const manager = await jetstreamOf(connection, domain);
    const message = await manager.streams.getMessage(stream, which);
    return { seq: message.seq, messageId: message.header.get("Nats-Msg-Id") };
  } catch (error) {
    return error instanceof NatsError && apiCode(error) === messageNotFound ? "none" : undefined;
  }
}

/** The subject is part of the request's subject, so that permissions can limit it to one site. */
async function lastDirectly(connection: NatsConnection, request: string): Promise<FoundMessage | "none" | undefined> {
  const { headers } = await connection.request(request, "", { timeout: answerMs });
  if (headers === undefined) return undefined;
  if (headers.code === notFound) return "none";
  const seq = Number(headers.get("Nats-Sequence"));
  return Number.isSafeInteger(seq) && seq > 0 ? { seq, messageId: headers.get("Nats-Msg-Id") } : undefined;
}

const answerMs = 5_000;
const notFound = 404;
