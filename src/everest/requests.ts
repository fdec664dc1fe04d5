import { z } from "zod";
import { parseBoundedJson } from "../base/bounded_json.ts";
import type { StartFields } from "../client/mod.ts";

/** A request of EVerest. */
export interface EverestRequest<Body> {
  /** As EVerest names the topic of the reply; undefined: it wants none. */
  readonly replyTo: string | undefined;
  readonly body: Body;
}

/** A message on the topic of a request that is no request. */
export class UnusableRequestError extends Error {
  override readonly name = "UnusableRequestError";
  /** The topic of the reply, if the message has one. */
  readonly replyTo: string | undefined;

  /** @param message a sentence for EVerest and for the log */
  constructor(message: string, replyTo?: string) {
    super(message);
    this.replyTo = replyTo;
  }
}

const frame = z.object({
  headers: z.object({ replyTo: z.string().optional() }).nullish(),
  payload: z.unknown(),
});

/** The node checks all fields. Without its id, the client would make one, which EVerest does not know. */
const startBody = z.object({
  evse_id: z.string(),
  transaction_id: z.string().min(1),
  identification_status: z.unknown().optional(),
  identification_type: z.unknown().optional(),
  identification_flags: z.unknown().optional(),
  identification_level: z.unknown().optional(),
  identification_data: z.unknown().optional(),
  tariff_text: z.unknown().optional(),
});

/** By its document, EVerest sends an object; its code sends the id alone. */
const stopBody = z.union([
  z.string(),
  z.object({ transaction_id: z.string() }).transform((body) => body.transaction_id),
]);

/**
 * A request to start a transaction. Fields that the API does not have are left out.
 *
 * @throws {UnusableRequestError}
 */
export function startRequest(message: Uint8Array): EverestRequest<StartFields & { readonly transaction_id: string }> {
  const { replyTo, body } = request(message, startBody, "start", "an object with evse_id and transaction_id as texts");
  const given = Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined));
  // The node refuses what is not of these types, with a sentence for EVerest
  return { replyTo, body: given as StartFields & { readonly transaction_id: string } };
}

/**
 * A request to stop a transaction: its id. The empty id means the open transaction.
 *
 * @throws {UnusableRequestError}
 */
export function stopRequest(message: Uint8Array): EverestRequest<string> {
  return request(message, stopBody, "stop", "the id of a transaction as a text, or an object with transaction_id");
}

function request<Body>(
  message: Uint8Array,
  schema: z.ZodType<Body>,
  verb: string,
  allowed: string,
): EverestRequest<Body> {
  const parsed = frame.safeParse(json(message, verb));
  if (!parsed.success) throw new UnusableRequestError(`Cannot ${verb} a transaction: ${formText}`);
  const { headers, payload } = parsed.data;
  const replyTo = headers?.replyTo;
  const body = schema.safeParse(payload);
  if (body.success) return { replyTo, body: body.data };
  throw new UnusableRequestError(`Cannot ${verb} a transaction: the payload of the request is not ${allowed}`, replyTo);
}

const formText =
  "the request is not an object with headers and payload; check that EVerest has powermeter_API version 1";

function json(message: Uint8Array, verb: string): unknown {
  try {
    return parseBoundedJson(new TextDecoder().decode(message));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new UnusableRequestError(`Cannot ${verb} a transaction: the request is not JSON`);
  }
}
