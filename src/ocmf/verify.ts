import { mentionsRsa } from "./algorithm_names.ts";
import { isSameKey, parsePublicKey, publicKeyProblem } from "./public_key.ts";
import { findRawTexts, type RawRecord } from "./raw_texts.ts";
import { type OcmfRecord, parseRecord, type SignatureSection } from "./record.ts";
import { checkSession, type SessionVerdict } from "./session.ts";
import { checkSignature, type SignatureVerdict } from "./signature.ts";
import type { Expected, Verification } from "./types.ts";

/**
 * Verifies a record: the signature of its exact bytes, the session and the key. Never throws, for any bytes.
 *
 * Algorithms: `ECDSA-<curve>-SHA256` with secp192r1, secp192k1, secp256r1, secp256k1, secp384r1, brainpoolP256r1 and
 * brainpoolP384r1. The signature is DER in hex or base64 (`SE`), also without sign bytes, as some meters write it.
 *
 * @param ocmf `OCMF|{payload}|{signature}`, byte for byte as the meter wrote it: UTF-8, blanks included
 * @param publicKey SubjectPublicKeyInfo or point in hex or base64, PEM or `oca:` notation. @default the pinned key of
 * `expected`
 */
export function verifyRecord(ocmf: Uint8Array, publicKey: string | undefined, expected: Expected = {}): Verification {
  return verifyWith(readRecord(ocmf), publicKey, expected.pinnedKey, (record) => checkSession([record], expected));
}

/** Bytes that are not a record. */
export interface Unreadable {
  /** The reason, as a sentence. */
  readonly problem: string;
  /** The sections, if they can be found. */
  readonly raw?: RawRecord;
}

/**
 * Whether the key signed the bytes. Also works if unescaped texts make them invalid JSON: then the signature shows that
 * the meter wrote them. Never throws.
 */
export function isSignedRecord(ocmf: Uint8Array, publicKey: string): boolean {
  const record = readRecord(ocmf);
  const signed = isUnreadable(record) ? record.raw : record;
  return signed !== undefined && verifySignature(signed.payload, signed.signature, publicKey).signature === "valid";
}

/** Parses a record, or returns why the bytes are not one. Never throws. */
export function readRecord(ocmf: Uint8Array): OcmfRecord | Unreadable {
  try {
    return parseRecord(ocmf);
  } catch (error) {
    if (mentionsRsa(ocmf)) {
      const problem = "it is binary and signed with RSA; supported are texts signed with ECDSA";
      return { problem: `Cannot read the OCMF record: ${problem}` };
    }
    const raw = findRawTexts(ocmf);
    return { problem: textOf(error), ...(raw !== undefined && { raw }) };
  }
}

/** Whether the bytes were not a record. */
export function isUnreadable(record: OcmfRecord | Unreadable): record is Unreadable {
  return "problem" in record;
}

/** Like {@linkcode verifyRecord}, for a parsed record; the caller checks the session. */
export function verifyWith(
  record: OcmfRecord | Unreadable,
  publicKey: string | undefined,
  pinnedKey: string | undefined,
  checkSession: (record: OcmfRecord) => SessionVerdict,
): Verification {
  const givenKey = publicKey?.trim() || undefined;
  const key = checkKey(givenKey, pinnedKey);
  const keyProblems = key === "changed" ? ["The public key is not the known key of this meter"] : [];
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
  const { signature, problem } = verifySignature(record.payload, record.signature, usedKey);
  const { session, problems } = checkSession(record);
  return { signature, session, key, problems: [...(problem ? [problem] : []), ...keyProblems, ...problems] };
}

function checkKey(publicKey: string | undefined, pinnedKey: string | undefined): Verification["key"] {
  if (pinnedKey === undefined) return "first_seen";
  return publicKey === undefined || isSameKey(publicKey, pinnedKey) ? "pinned" : "changed";
}

/** A meter that does not escape texts writes an invalid record. A valid signature shows that the meter wrote it. */
function rawTextProblems(raw: RawRecord | undefined, publicKey: string | undefined): string[] {
  if (raw === undefined) return [];
  const { texts, payload, signature } = raw;
  const problem = `Quotes or backslashes in ${texts.join(" and ")} are not escaped, so the record is not valid JSON`;
  const isSigned = verifySignature(payload, signature, publicKey).signature === "valid";
  return [isSigned ? `${problem}; the signature matches its bytes: the meter wrote it like this` : problem];
}

function verifySignature(
  payload: Uint8Array,
  section: SignatureSection,
  publicKey: string | undefined,
): SignatureVerdict {
  if (publicKey === undefined) {
    return { signature: "unverifiable", problem: "There is no public key to verify the signature" };
  }
  try {
    return checkSignature(payload, section, parsePublicKey(publicKey));
  } catch (error) {
    return { signature: "unverifiable", problem: textOf(error) };
  }
}

/** The message of an error, with that of its cause. No file is named, so nothing of the file system is needed. */
function textOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}
