import { isUnreadable, ParsedRecord } from "./parsed_record.ts";
import { isSameKey, publicKeyProblem } from "./public_key.ts";
import type { RawRecord } from "./raw_texts.ts";
import type { OcmfRecord } from "./record.ts";
import { checkSession, type SessionVerdict } from "./session.ts";
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
  return verifyParsed(new ParsedRecord(ocmf), publicKey, expected);
}

/** Like {@linkcode verifyRecord}, for a parsed record. */
export function verifyParsed(
  record: ParsedRecord,
  publicKey: string | undefined,
  expected: Expected = {},
): Verification {
  return verifyWith(record, publicKey, expected.pinnedKey, (content) => checkSession([content], expected));
}

/** Like {@linkcode verifyParsed}; the caller checks the session. */
export function verifyWith(
  record: ParsedRecord,
  publicKey: string | undefined,
  pinnedKey: string | undefined,
  checkSession: (content: OcmfRecord) => SessionVerdict,
): Verification {
  const { content } = record;
  const givenKey = publicKey?.trim() || undefined;
  const key = checkKey(givenKey, pinnedKey);
  const keyProblems = key === "changed" ? ["The public key is not the known key of this meter"] : [];
  const { signature = "unverifiable", problem } = record.signatureBy(givenKey ?? pinnedKey) ?? {};
  if (isUnreadable(content)) {
    const unusable = givenKey === undefined ? undefined : publicKeyProblem(givenKey);
    const problems = [
      content.problem,
      ...rawTextProblems(content.raw, signature === "valid"),
      ...(unusable === undefined ? [] : [unusable]),
      ...keyProblems,
    ];
    return { signature: "malformed", session: "unknown", key, problems };
  }
  const { session, problems } = checkSession(content);
  return { signature, session, key, problems: [...(problem ? [problem] : []), ...keyProblems, ...problems] };
}

function checkKey(publicKey: string | undefined, pinnedKey: string | undefined): Verification["key"] {
  if (pinnedKey === undefined) return "first_seen";
  return publicKey === undefined || isSameKey(publicKey, pinnedKey) ? "pinned" : "changed";
}

/** A meter that does not escape texts writes an invalid record. A valid signature shows that the meter wrote it. */
function rawTextProblems(raw: RawRecord | undefined, isSigned: boolean): string[] {
  if (raw === undefined) return [];
  const problem = `Quotes or backslashes in ${
    raw.texts.join(" and ")
  } are not escaped, so the record is not valid JSON`;
  return [isSigned ? `${problem}; the signature matches its bytes: the meter wrote it like this` : problem];
}
