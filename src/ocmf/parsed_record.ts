import { mentionsRsa } from "./algorithm_names.ts";
import { parsePublicKey } from "./public_key.ts";
import { findRawTexts, type RawRecord } from "./raw_texts.ts";
import { type OcmfRecord, parseRecord, type SignatureSection } from "./record.ts";
import { checkSignature, type SignatureVerdict } from "./signature.ts";

/** Bytes that are not a record. */
export interface Unreadable {
  /** The reason, as a sentence. */
  readonly problem: string;
  /** The sections, if they can be found. */
  readonly raw?: RawRecord;
}

/** The bytes of a record, parsed once; each key verifies the signature once. Never throws. */
export class ParsedRecord {
  /** The bytes, as they were given. */
  readonly ocmf: Uint8Array;
  readonly content: OcmfRecord | Unreadable;
  readonly #verdicts = new Map<string, SignatureVerdict>();

  constructor(ocmf: Uint8Array) {
    this.ocmf = ocmf;
    this.content = readContent(ocmf);
  }

  /** The record; undefined: the bytes are not one. */
  get readable(): OcmfRecord | undefined {
    return isUnreadable(this.content) ? undefined : this.content;
  }

  /**
   * Whether the key signed the bytes. Also works if unescaped texts make them invalid JSON: then the signature shows
   * that the meter wrote them.
   */
  isSignedBy(publicKey: string): boolean {
    return this.signatureBy(publicKey)?.signature === "valid";
  }

  /**
   * The verdict on the signature; undefined: the bytes have none.
   *
   * @param publicKey in any accepted form; undefined: there is none
   */
  signatureBy(publicKey: string | undefined): SignatureVerdict | undefined {
    const signed = isUnreadable(this.content) ? this.content.raw : this.content;
    if (signed === undefined) return undefined;
    if (publicKey === undefined) {
      return { signature: "unverifiable", problem: "There is no public key to verify the signature" };
    }
    const known = this.#verdicts.get(publicKey);
    if (known !== undefined) return known;
    const verdict = verifySignature(signed.payload, signed.signature, publicKey);
    this.#verdicts.set(publicKey, verdict);
    return verdict;
  }
}

/** Whether the bytes were not a record. */
export function isUnreadable(content: OcmfRecord | Unreadable): content is Unreadable {
  return "problem" in content;
}

function readContent(ocmf: Uint8Array): OcmfRecord | Unreadable {
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

function verifySignature(payload: Uint8Array, section: SignatureSection, publicKey: string): SignatureVerdict {
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
