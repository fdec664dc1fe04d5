/** What the server states about a delivery of a consumer. */
export interface Delivery {
  /** How often it has delivered this message. */
  readonly deliveries: number;
  /** How many messages follow. */
  readonly remaining: number;
}

/**
 * Reads the subject for the acknowledgement of a message. With a domain, it has two tokens more before the stream, and one
 * more at its end.
 */
export function deliveryIn(reply = ""): Delivery {
  const tokens = reply.split(".");
  const shift = tokens.length > 9 ? 2 : 0;
  return { deliveries: Number(tokens[shift + 4] ?? 1), remaining: Number(tokens[shift + 8] ?? 0) };
}
