import { nkeys } from "nats";
import { subjectToken } from "../base/subject_tokens.ts";
import { systemTime } from "../base/time.ts";
import { signToken } from "./jwt.ts";
import { isPublicKey, isSeed } from "./keys.ts";
import { type CredentialsRole, credentialsRoles, inboxPrefixOf } from "./roles.ts";

/** The user of new credentials, and the key that signs them. */
export interface UserCredentialsOptions {
  /** Name of the user, one token. For the roles `node`, `leaf` and `everest`, the name of the site. */
  readonly name: string;
  readonly role: CredentialsRole;
  /** Public key of the account, `A...`. */
  readonly account: string;
  /** Seed of the account's signing key for this role, `SA...`. The server takes the permissions from this key. */
  readonly accountSigningSeed: string;
  /** Wall clock in milliseconds. @default now */
  readonly issuedAtMs?: number;
}

/** {@linkcode UserCredentialsOptions} for a site. */
export interface SiteCredentialsOptions extends Omit<UserCredentialsOptions, "name" | "role"> {
  /** One token. */
  readonly site: string;
  /** The service of the site, or the leaf connection of its edge server. */
  readonly role: "node" | "leaf";
}

/**
 * Creates the credentials of a new user: a token signed by the account's signing key, and a new seed. The servers need
 * no change.
 *
 * @returns the content of a `.creds` file, a secret
 * @throws {RangeError} the name or a key is invalid
 */
export function userCredentials(options: UserCredentialsOptions): string {
  const { name, role, account, accountSigningSeed, issuedAtMs = systemTime.now() } = options;
  assertName(name, role);
  assertKeys(account, accountSigningSeed);
  const user = nkeys.createUser();
  const token = signToken(accountSigningSeed, {
    type: "user",
    name,
    subject: user.getPublicKey(),
    // The inbox is a tag for the permissions, because a template can only replace whole tokens of a subject.
    claims: { issuer_account: account, tags: [`inbox:${inboxPrefixOf(role, name)}`] },
    issuedAtMs,
  });
  return `-----BEGIN NATS USER JWT-----
${token}
------END NATS USER JWT------

-----BEGIN USER NKEY SEED-----
${new TextDecoder().decode(user.getSeed())}
------END USER NKEY SEED------
`;
}

/**
 * Creates the credentials of the service of a site, or of the leaf connection of its edge server.
 *
 * @returns the content of a `.creds` file, a secret
 * @throws {RangeError} the name of the site or a key is invalid
 */
export function siteCredentials({ site, ...others }: SiteCredentialsOptions): string {
  return userCredentials({ ...others, name: site });
}

function assertName(name: string, role: CredentialsRole): void {
  if (!subjectToken.pattern.test(name)) {
    throw new RangeError(`Cannot create credentials for ${JSON.stringify(name)}: allowed is ${subjectToken.allowed}`);
  }
  const ofSite = role === "node" || role === "leaf";
  if (ofSite && credentialsRoles.some((reserved) => reserved === name)) {
    throw new RangeError(
      `Cannot create credentials for a site "${name}": it would share the inbox of the role; give the site another ` +
        "name",
    );
  }
}

function assertKeys(account: string, accountSigningSeed: string): void {
  if (!isPublicKey(account, "A")) {
    throw new RangeError("Cannot create credentials: the account is not the public key of an account (A...)");
  }
  if (!isSeed(accountSigningSeed, "A")) {
    throw new RangeError("Cannot create credentials: the signing key is not the seed of an account's key (SA...)");
  }
}
