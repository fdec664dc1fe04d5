import type { Subjects } from "../base/subjects.ts";
import type { ClientMessage } from "./connection.ts";
import { UnusableMessageError } from "./errors.ts";
import { jsonObject } from "./request.ts";

/** Which meters an iteration follows. */
export interface MeterFilter {
  /** The site. @default every site */
  readonly site?: string;
  /** The name of a meter, or `_node` for faults of the processes. @default every meter */
  readonly meter?: string;
  /** Ends the iteration. */
  readonly signal?: AbortSignal;
}

/** A published message of a meter. */
export interface Received<Payload> {
  /** The site of the meter. */
  readonly site: string;
  /** The name of the meter; `_node` for the process. */
  readonly meter: string;
  /** The subject of the message. */
  readonly subject: string;
  /** The payload. */
  readonly payload: Payload;
  /** Whether the stream had stored the message: it was published before the iteration or the reconnection. */
  readonly isRetained: boolean;
}

/** A message as it is delivered to the caller; undefined: it is not a JSON object, so no node has sent it. */
export function received<Payload>(
  message: ClientMessage,
  { prefix }: Pick<Subjects, "prefix">,
  isRetained: boolean,
): Received<Payload> | undefined {
  const [site = "", meter = ""] = message.subject.slice(prefix.length + 1).split(".");
  try {
    // The schema of the payload is part of the contract with the nodes
    const payload = jsonObject(message, "Cannot use a message") as Payload;
    return { site, meter, subject: message.subject, payload, isRetained };
  } catch (error) {
    if (error instanceof UnusableMessageError) return undefined;
    throw error;
  }
}
