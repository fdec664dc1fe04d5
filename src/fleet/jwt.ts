import { Buffer } from "node:buffer";
import { nkeys } from "nats";
import * as z from "zod";

/** The claims of a NATS token of any type. */
export interface NatsToken {
  readonly type: "operator" | "account" | "user";
  readonly name: string;
  /** Public key of the subject of the token. */
  readonly subject: string;
  /** The part `nats` of the claims; `type` and `version` are added. */
  readonly claims: object;
  /** Wall clock in milliseconds. */
  readonly issuedAtMs: number;
}

/**
 * Signs a token of version 2, for the server and `nsc`.
 *
 * @param issuerSeed seed of the operator, of the account, or of a signing key of either
 */
export function signToken(issuerSeed: string, { type, name, subject, claims, issuedAtMs }: NatsToken): string {
  const issuer = nkeys.fromSeed(new TextEncoder().encode(issuerSeed));
  const head = base64url(JSON.stringify({ typ: "JWT", alg: "ed25519-nkey" }));
  const body = base64url(JSON.stringify({
    jti: crypto.randomUUID(),
    iat: Math.floor(issuedAtMs / 1_000),
    iss: issuer.getPublicKey(),
    name,
    sub: subject,
    nats: { ...claims, type, version: 2 },
  }));
  const signature = issuer.sign(new TextEncoder().encode(`${head}.${body}`));
  return `${head}.${body}.${Buffer.from(signature).toString("base64url")}`;
}

/**
 * Reads a token without verifying its signature.
 *
 * @throws {Error} the text is not a token
 */
export function readToken(
  token: string,
): { readonly name: string; readonly subject: string; readonly claims: unknown } {
  const { name, sub, nats } = tokenSchema.parse(
    JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString()),
  );
  return { name, subject: sub, claims: nats };
}

const tokenSchema = z.object({ name: z.string(), sub: z.string(), nats: z.unknown() });

function base64url(text: string): string {
  return Buffer.from(text).toString("base64url");
}
