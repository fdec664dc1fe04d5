import {
  keyFingerprint,
  publicKeyProblem,
  readRecords,
  type RecordInput,
  type RecordSession,
  sessionOf,
  type Verification,
  verifyRecords,
} from "../../ocmf/mod.ts";

/** The page verifies no more records of one input, so that it stays responsive. */
const maxRecords = 500;

/** Where the key of a record was found. */
export type KeySource = "pasted" | "xml" | "json" | "none";

/**
 * What a person can conclude. `genuine`: signed and complete; `otherKey`: signed, but another key of this meter is known;
 * `incomplete`: signed, but not known to be a complete session; `notBillable`: signed, but the session is violated;
 * `refused`: the signature does not match; `unverified`: it could not be verified; `unreadable`: it is no record.
 */
export type Conclusion =
  | "genuine"
  | "otherKey"
  | "incomplete"
  | "notBillable"
  | "refused"
  | "unverified"
  | "unreadable";

/** The key that verified a record. */
export interface UsedKey {
  readonly source: KeySource;
  /** As the source has it; empty without a key. */
  readonly text: string;
  /** SHA-256 of the key, hex; undefined if it is not a key of a known curve. */
  readonly fingerprint: string | undefined;
}

/** A record with the result of its verification. */
export interface CheckedRecord {
  /** Its id in the input. */
  readonly id: string | undefined;
  readonly ocmf: Uint8Array;
  readonly verification: Verification;
  readonly conclusion: Conclusion;
  readonly key: UsedKey;
  /** What the text states; undefined if it cannot be read. */
  readonly session: RecordSession | undefined;
}

/** The records of one input. */
export interface CheckedInput {
  readonly records: readonly CheckedRecord[];
  /** Number of records that were not verified, because there are too many. */
  readonly left: number;
  /** Why the given key cannot be used. */
  readonly keyProblem: string | undefined;
}

/**
 * Verifies all records of an input as `wattseal verify` does.
 *
 * @param bytes a record, records line by line, XML, or JSON
 * @param pastedKey used for all records instead of the keys in the input; empty: none
 */
export function checkRecords(bytes: Uint8Array, pastedKey: string): CheckedInput {
  const given = pastedKey.trim() === "" ? undefined : pastedKey.trim();
  const all = readRecords(bytes);
  const inputs = all.slice(0, maxRecords);
  const verifications = verifyRecords(inputs, given);
  const source = isXml(bytes) ? "xml" : "json";
  return {
    records: verifications.flatMap((verification, index) => {
      const input = inputs[index];
      return input === undefined ? [] : [checkedRecord(input, verification, usedKey(input, given, source))];
    }),
    left: all.length - verifications.length,
    keyProblem: given === undefined ? undefined : publicKeyProblem(given),
  };
}

/** The bytes of a pasted text. Its characters are known, so that the encoding of an XML file does not apply any more. */
export function pastedBytes(text: string): Uint8Array {
  return new TextEncoder().encode(text.replace(/^(\s*<\?xml[^>]*?)\s+encoding\s*=\s*(["'])[\w-]*\2/, "$1"));
}

function checkedRecord({ id, ocmf }: RecordInput, verification: Verification, key: UsedKey): CheckedRecord {
  return {
    id: id === undefined ? undefined : String(id),
    ocmf,
    verification,
    conclusion: conclusionOf(verification),
    key,
    session: sessionOf(ocmf),
  };
}

function usedKey({ publicKey }: RecordInput, given: string | undefined, container: "xml" | "json"): UsedKey {
  const text = given ?? publicKey ?? "";
  const source = given !== undefined ? "pasted" : publicKey === undefined ? "none" : container;
  return { source, text, fingerprint: text === "" ? undefined : keyFingerprint(text) };
}

function conclusionOf({ signature, session, key }: Verification): Conclusion {
  switch (signature) {
    case "malformed":
      return "unreadable";
    case "unverifiable":
      return "unverified";
    case "invalid":
      return "refused";
    case "valid":
      if (session === "violated") return "notBillable";
      if (key === "changed") return "otherKey";
      return session === "ok" ? "genuine" : "incomplete";
  }
}

/** The first character decides, as for the reader of records. */
function isXml(bytes: Uint8Array): boolean {
  return new TextDecoder().decode(bytes.subarray(0, 1000)).replace(/^\ufeff/, "").trimStart().startsWith("<");
}
