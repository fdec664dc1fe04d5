import { errorText } from "../base/log.ts";
import { mentionsRsa } from "./algorithm_names.ts";
import { isSameKey, parsePublicKey, publicKeyProblem } from "./public_key.ts";
import { type OcmfRecord, parseRecord } from "./record.ts";
import { judgeSession, type SessionVerdict } from "./session.ts";
import { checkSignature, type SignatureVerdict } from "./signature.ts";
import type { Expected, Verification } from "./types.ts";

/**
 * Judges a record: signature over its exact bytes, session and key. Never throws, whatever the bytes are.
 * @param publicKey SubjectPublicKeyInfo or point in hex or base64, PEM or `oca:` notation; without it the pinned key of
 * `expected` is taken.
 */
export function verifyRecord(ocmf: Uint8Array, publicKey: string | undefined, expected: Expected = {}): Verification {
  return verifyWith(readRecord(ocmf), publicKey, expected.pinnedKey, (record) => judgeSession([record], expected));
}

/** A record, or why the bytes are none. Never throws. */
export function readRecord(ocmf: Uint8Array): OcmfRecord | string {
  try {
    return parseRecord(ocmf);
  } catch (error) {
    if (!mentionsRsa(ocmf)) return errorText(error);
    return "Cannot read the OCMF record: it is in binary form and signed with RSA; known are texts signed with ECDSA";
  }
}

/** Like {@linkcode verifyRecord}, for a record that was read already, with the session left to the caller. */
export function verifyWith(
  record: OcmfRecord | string,
  publicKey: string | undefined,
  pinnedKey: string | undefined,
  judge: (record: OcmfRecord) => SessionVerdict,
): Verification {
  const givenKey = publicKey?.trim() || undefined;
  const key = judgeKey(givenKey, pinnedKey);
  const keyProblems = key === "changed" ? ["The public key is not the one that is known of this meter"] : [];
  if (typeof record === "string") {
    const unusable = givenKey === undefined ? undefined : publicKeyProblem(givenKey);
    const problems = [record, ...(unusable === undefined ? [] : [unusable]), ...keyProblems];
    return { signature: "malformed", session: "unknown", key, problems };
  }
  const { signature, problem } = judgeSignature(record, givenKey ?? pinnedKey);
  const { session, problems } = judge(record);
  return { signature, session, key, problems: [...(problem ? [problem] : []), ...keyProblems, ...problems] };
}

function judgeKey(publicKey: string | undefined, pinnedKey: string | undefined): Verification["key"] {
  if (pinnedKey === undefined) return "first_seen";
  return publicKey === undefined || isSameKey(publicKey, pinnedKey) ? "pinned" : "changed";
}

function judgeSignature(record: OcmfRecord, publicKey: string | undefined): SignatureVerdict {
  if (publicKey === undefined) {
    return { signature: "unverifiable", problem: "There is no public key to check the signature with" };
  }
  try {
    return checkSignature(record.payload, record.signature, parsePublicKey(publicKey));
  } catch (error) {
    return { signature: "unverifiable", problem: errorText(error) };
  }
}
