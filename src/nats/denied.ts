import { NatsError } from "nats";

/** An operation and a subject that a server refuses to a user. */
export type Denied = NonNullable<NatsError["permissionContext"]>;

/** The operation and subject that the server refuses according to an error; undefined: it is another error. */
export function deniedIn(error: unknown): Denied | undefined {
  return error instanceof NatsError ? error.permissionContext : undefined;
}

/**
 * The refusal and the remedy, as the end of a sentence.
 *
 * @param remedy for all subjects except the subject of answers
 */
export function deniedText(
  { operation, subject }: Denied,
  remedy = "connect as an administrator of the account",
): string {
  if (operation !== "subscription") return `the server does not permit this user to publish to ${subject}; ${remedy}`;
  const refused = `the server does not permit this user to subscribe to ${subject}`;
  if (!inbox.test(subject)) return `${refused}; ${remedy}`;
  return `${refused}, which is the subject for answers; set the inbox prefix of this user with --inbox-prefix`;
}

/** The client appends a random id to the subject for answers. */
const inbox = /\.[0-9A-Z]{22}(?:\.\*)?$/;
