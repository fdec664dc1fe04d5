import { errorText } from "../base/log.ts";
import { mentionsRsa } from "./algorithm_names.ts";
import { isSameKey, parsePublicKey, publicKeyProblem } from "./public_key.ts";
import { findRawTexts, type RawRecord } from "./raw_texts.ts";
import { type OcmfRecord, parseRecord, type SignatureSection } from "./record.ts";
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

/** Bytes that are no record. */
export interface Unreadable {
  /** Why, in a sentence. */
  readonly problem: string;
  /** What is known of it nevertheless. */
  readonly raw?: RawRecord;
}

/**
 * Whether the key has signed the bytes, also where texts that are not escaped make them no JSON: then they are as the
 * meter has written them. Never throws.
 */
export function isSignedRecord(ocmf: Uint8Array, publicKey: string): boolean {
  const record = readRecord(ocmf);
  const signed = isUnreadable(record) ? record.raw : record;
  return signed !== undefined && judgeSignature(signed.payload, signed.signature, publicKey).signature === "valid";
}

/** A record, or why the bytes are none. Never throws. */
export function readRecord(ocmf: Uint8Array): OcmfRecord | Unreadable {
  try {
    return parseRecord(ocmf);
  } catch (error) {
    if (mentionsRsa(ocmf)) {
      const problem = "it is in binary form and signed with RSA; known are texts signed with ECDSA";
      return { problem: `Cannot read the OCMF record: ${problem}` };
    }
    const raw = findRawTexts(ocmf);
    return { problem: errorText(error), ...(raw !== undefined && { raw }) };
  }
}

/** Whether bytes were no record. */
export function isUnreadable(record: OcmfRecord | Unreadable): record is Unreadable {
  return "problem" in record;
}

/** Like {@linkcode verifyRecord}, for a record that was read already, with the session left to the caller. */
export function verifyWith(
  record: OcmfRecord | Unreadable,
  publicKey: string | undefined,
  pinnedKey: string | undefined,
  judge: (record: OcmfRecord) => SessionVerdict,
): Verification {
  const givenKey = publicKey?.trim() || undefined;
  const key = judgeKey(givenKey, pinnedKey);
  const keyProblems = key === "changed" ? ["The public key is not the one that is known of this meter"] : [];
  const usedKey = givenKey ?? pinnedKey;
  if (isUnreadable(record)) {
    const unusable = givenKey === undefined ? undefined : publicKeyProblem(givenKey);
    const problems = [
      record.problem,
      ...rawTextProblems(record.raw, usedKey),
      ...(unusable === undefined ? [] : [unusable]),
      ...keyProblems,
    ];
    return { signature: "malformed", session: "unknown", key, problems };
  }
  const { signature, problem } = judgeSignature(record.payload, record.signature, usedKey);
  const { session, problems } = judge(record);
  return { signature, session, key, problems: [...(problem ? [problem] : []), ...keyProblems, ...problems] };
}

function judgeKey(publicKey: string | undefined, pinnedKey: string | undefined): Verification["key"] {
  if (pinnedKey === undefined) return "first_seen";
  return publicKey === undefined || isSameKey(publicKey, pinnedKey) ? "pinned" : "changed";
}

/** A meter that copies texts as they are writes what no reader can parse; its signature shows that it was the meter. */
function rawTextProblems(raw: RawRecord | undefined, publicKey: string | undefined): string[] {
  if (raw === undefined) return [];
  const { texts, payload, signature } = raw;
  const problem = `Quotes or backslashes in ${texts.join(" and ")} are not escaped, so that it is no JSON`;
  const isSigned = judgeSignature(payload, signature, publicKey).signature === "valid";
  return [isSigned ? `${problem}; the signature fits its bytes: the meter has written it like this` : problem];
}

function judgeSignature(
  payload: Uint8Array,
  section: SignatureSection,
  publicKey: string | undefined,
): SignatureVerdict {
  if (publicKey === undefined) {
    return { signature: "unverifiable", problem: "There is no public key to check the signature with" };
  }
  try {
    return checkSignature(payload, section, parsePublicKey(publicKey));
  } catch (error) {
    return { signature: "unverifiable", problem: errorText(error) };
  }
}
