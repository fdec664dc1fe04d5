import type { Expected, Verification } from "./types.ts";

/**
 * Judges a record: signature over the exact bytes, session and key. Never throws, whatever the bytes are.
 * `publicKey`: any usual form, hex or base64 of SPKI or point, PEM, `oca:` notation.
 */
export function verifyRecord(_ocmf: Uint8Array, _publicKey: string | undefined, _expected?: Expected): Verification {
  return { signature: "unverifiable", session: "unknown", key: "first_seen", problems: [] };
}
