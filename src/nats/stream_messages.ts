import { type NatsConnection, NatsError } from "nats";
import type { StoringStream } from "./stream_lookup.ts";
import { jetstreamOf } from "./jetstream_of.ts";
import { apiCode, messageNotFound } from "./jetstream_reason.ts";
import { apiPrefix } from "./needed_rights.ts";

/** The last message of a subject, or the message with a sequence number. */
export type MessageChoice = { readonly last_by_subj: string } | { readonly seq: number };

/** A message in a stream. */
export interface FoundMessage {
  readonly seq: number;
  readonly messageId: string;
}

/**
 * Reads one message from a stream.
 *
 * @param domain of the request; undefined: the domain of the connected server
 * @returns `none`: the stream does not have the message; undefined: unknown, for example without the permission
 */
export async function findMessage(
  connection: NatsConnection,
  { stream, config, createdAt }: StoringStream,
  which: MessageChoice,
  domain: string | undefined,
): Promise<FoundMessage | "none" | undefined> {
  try {
    // A stream without `allow_direct` never answers, so the setting must be known
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

/** The subject is part of the request subject, so that permissions can limit it to one site. */
async function lastDirectly(connection: NatsConnection, request: string): Promise<FoundMessage | "none" | undefined> {
  const { headers } = await connection.request(request, "", { timeout: answerMs });
  if (headers === undefined) return undefined;
  if (headers.code === notFound) return "none";
  const seq = Number(headers.get("Nats-Sequence"));
  return Number.isSafeInteger(seq) && seq > 0 ? { seq, messageId: headers.get("Nats-Msg-Id") } : undefined;
}

const answerMs = 5_000;
const notFound = 404;
