import { NatsError } from "nats";

/** What a server refuses a user. */
export type Denied = NonNullable<NatsError["permissionContext"]>;

/** What the server refuses this user, if an error says so. */
export function deniedIn(error: unknown): Denied | undefined {
  return error instanceof NatsError ? error.permissionContext : undefined;
}

/**
 * What is refused, and what to do: the end of a sentence.
 *
 * @param remedy for everything but the subject of answers
 */
export function deniedText(
  { operation, subject }: Denied,
  remedy = "connect as an administrator of the account",
): string {
  if (operation !== "subscription") return `the server does not let this user publish to ${subject}; ${remedy}`;
  const refused = `the server does not let this user subscribe to ${subject}`;
  if (!inbox.test(subject)) return `${refused}; ${remedy}`;
  return `${refused}, where answers arrive; give the inbox prefix of this user with --inbox-prefix`;
}

/** The client ends the subject of answers with an id of its own. */
const inbox = /\.[0-9A-Z]{22}(?:\.\*)?$/;
