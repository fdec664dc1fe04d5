import { sha256 } from "@noble/hashes/sha2.js";
import { compactJson } from "./compact_json.ts";
import { type Curve, type CurveName, curveOfAlgorithm, curves, isPointOf } from "./curves.ts";
import { derTag, readDer } from "./der.ts";
import { curvesOf, type PublicKey } from "./public_key.ts";
import type { SignatureSection } from "./record.ts";
import { fromBase64, fromHex } from "./text_bytes.ts";

/** The curve of a record without SA, since version 0.4. */
const defaultCurve: CurveName = "secp256r1";
const maxShownCharacters = 80;

/** Whether the key signed the payload, with the reason where it did not or something else is wrong. */
export interface SignatureVerdict {
  readonly signature: "valid" | "invalid" | "unverifiable";
  readonly problem?: string;
}

/**
 * Checks the ECDSA signature over SHA-256 of exactly these bytes. The declared algorithm and a key that names its curve
 * must agree. Where none is declared it is ECDSA-secp256r1-SHA256, the default of the format.
 */
export function checkSignature(payload: Uint8Array, section: SignatureSection, key: PublicKey): SignatureVerdict {
  const declared = section.algorithm;
  const declaredCurve = declared === undefined ? undefined : curveOfAlgorithm(declared);
  if (declared !== undefined && declaredCurve === undefined) {
    return { signature: "unverifiable", problem: unknownAlgorithm(declared) };
  }
  if (declaredCurve !== undefined && key.curve !== undefined && declaredCurve !== key.curve) {
    const problem = `The record declares ${declaredCurve.name}, but the public key is of ${key.curve.name}`;
    return { signature: "invalid", problem };
  }
  const candidates = curvesOf(key).filter((curve) => declaredCurve === undefined || curve === declaredCurve);
  if (candidates.length === 0) {
    const where = (declaredCurve ?? key.curve)?.name ?? "any known curve";
    return { signature: "invalid", problem: `The public key is not a point of ${where}` };
  }
  const signerOf = (signed: Uint8Array) => {
    const hash = sha256(signed);
    return candidates.find((curve) => isSigned(hash, section, curve, key.point));
  };
  const signer = signerOf(payload);
  if (signer === undefined) {
    const compact = compactJson(payload);
    const isCompact = compact.length < payload.length && signerOf(compact) !== undefined;
    const problem = "The signature does not fit the payload and the public key";
    return { signature: "invalid", problem: isCompact ? `${problem}${signedCompact}` : problem };
  }
  if (declared !== undefined || signer.name === defaultCurve) return { signature: "valid" };
  const problem = `The record declares no algorithm, which means ECDSA-${defaultCurve}-SHA256, but it is signed ` +
    `with a key of ${signer.name}: the transparency software treats it as invalid`;
  return { signature: "invalid", problem };
}

/** Without this text somebody could replace a meter that is not broken. */
const signedCompact =
  "; it fits the payload without its blanks: either they were added on the way, or the meter signs " +
  "another form than it writes, which the transparency software does not accept";

function unknownAlgorithm(declared: string): string {
  const name = declared.length > maxShownCharacters ? `${declared.slice(0, maxShownCharacters)}...` : declared;
  const kind = /rsa/i.test(name) ? "is RSA, which OCMF does not have" : "is not known";
  return `The signature algorithm ${name} ${kind}; known is ECDSA with SHA-256 on ${
    curves.map((curve) => curve.name).join(", ")
  }`;
}

/** Whether `signature`, r and s of equal length, is the key's over the hash. Never throws. */
export function isSignedBy(hash: Uint8Array, signature: Uint8Array, curve: Curve, point: Uint8Array): boolean {
  if (!isPointOf(curve, point)) return false;
  try {
    // The library would hash again with the curve's own function, and refuse the larger of the two equivalent s.
    return curve.ecdsa.verify(signature, hash, point, { prehash: false, lowS: false, format: "compact" });
  } catch {
    return false;
  }
}

function isSigned(hash: Uint8Array, section: SignatureSection, curve: Curve, point: Uint8Array): boolean {
  return encodings(section).some((bytes) =>
    rawSignatures(bytes, curve.bytes).some((signature) => isSignedBy(hash, signature, curve, point))
  );
}

/** The bytes of SD, in the declared encoding first: a meter may write another one than it declares. */
function encodings(section: SignatureSection): Uint8Array[] {
  const readers = section.encoding?.trim().toLowerCase() === "base64" ? [fromBase64, fromHex] : [fromHex, fromBase64];
  return readers.map((read) => read(section.data)).filter((bytes) => bytes !== undefined);
}

/** r and s of `width` bytes each, from DER and where the length allows it from the bare form. */
function rawSignatures(bytes: Uint8Array, width: number): Uint8Array[] {
  const fromDer = rawFromDer(bytes, width);
  return [...(fromDer === undefined ? [] : [fromDer]), ...(bytes.length === 2 * width ? [bytes] : [])];
}

/**
 * Meters write DER that is not quite DER: integers without the sign byte, or filled up with zeros. They are therefore
 * read without a sign. Behind the structure only zeros are accepted.
 */
function rawFromDer(bytes: Uint8Array, width: number): Uint8Array | undefined {
  const pair = readDer(bytes);
  const r = pair && readDer(pair.content);
  const s = r && readDer(r.rest);
  if (pair?.tag !== derTag.sequence || r?.tag !== derTag.integer || s?.tag !== derTag.integer) return undefined;
  if (s.rest.length > 0 || pair.rest.some((byte) => byte !== 0)) return undefined;
  const left = unsigned(r.content, width);
  const right = unsigned(s.content, width);
  return left && right && Uint8Array.of(...left, ...right);
}

function unsigned(integer: Uint8Array, width: number): Uint8Array | undefined {
  const first = integer.findIndex((byte) => byte !== 0);
  const digits = first < 0 ? new Uint8Array() : integer.subarray(first);
  if (digits.length > width) return undefined;
  const padded = new Uint8Array(width);
  padded.set(digits, width - digits.length);
  return padded;
}
