import { sha256 } from "@noble/hashes/sha2.js";
import { compactJson } from "./compact_json.ts";
import { type Curve, type CurveName, curveOfAlgorithm, curves, isPointOf } from "./curves.ts";
import { derTag, readDer } from "./der.ts";
import { curvesOf, type PublicKey } from "./public_key.ts";
import type { SignatureSection } from "./record.ts";
import { fromBase64, fromHex } from "./text_bytes.ts";

/** The default curve of a record without SA, since version 0.4. */
const defaultCurve: CurveName = "secp256r1";
const maxShownCharacters = 80;

/** Whether the key signed the payload, with the problem if there is one. */
export interface SignatureVerdict {
  readonly signature: "valid" | "invalid" | "unverifiable";
  readonly problem?: string;
}

/**
 * Verifies the ECDSA signature over SHA-256 of exactly these bytes. The declared algorithm must match the curve of the
 * key, if both are given. Without a declaration it is ECDSA-secp256r1-SHA256, the default of OCMF.
 */
export function checkSignature(payload: Uint8Array, section: SignatureSection, key: PublicKey): SignatureVerdict {
  const declared = section.algorithm;
  const declaredCurve = declared === undefined ? undefined : curveOfAlgorithm(declared);
  if (declared !== undefined && declaredCurve === undefined) {
    return { signature: "unverifiable", problem: unknownAlgorithm(declared) };
  }
  if (declaredCurve !== undefined && key.curve !== undefined && declaredCurve !== key.curve) {
    const problem = `The record declares ${declaredCurve.name}, but the curve of the public key is ${key.curve.name}`;
    return { signature: "invalid", problem };
  }
  const candidates = curvesOf(key).filter((curve) => declaredCurve === undefined || curve === declaredCurve);
  if (candidates.length === 0) {
    const where = (declaredCurve ?? key.curve)?.name ?? "any known curve";
    return { signature: "invalid", problem: `The public key is not a point on ${where}` };
  }
  const signerOf = (signed: Uint8Array) => {
    const hash = sha256(signed);
    return candidates.find((curve) => isSigned(hash, section, curve, key.point));
  };
  const signer = signerOf(payload);
  if (signer === undefined) {
    const compact = compactJson(payload);
    const isCompact = compact.length < payload.length && signerOf(compact) !== undefined;
    const problem = "The signature does not match the payload and the public key";
    return { signature: "invalid", problem: isCompact ? `${problem}${signedCompact}` : problem };
  }
  if (declared !== undefined || signer.name === defaultCurve) return { signature: "valid" };
  const problem = `The record declares no algorithm, so ECDSA-${defaultCurve}-SHA256 applies, but it is signed ` +
    `with a key on ${signer.name}: the transparency software treats it as invalid`;
  return { signature: "invalid", problem };
}

/** This text avoids the replacement of an intact meter. */
const signedCompact =
  "; it matches the payload without whitespace: either the whitespace was added later, or the meter signs a " +
  "different text than it writes, which the transparency software does not accept";

function unknownAlgorithm(declared: string): string {
  const name = declared.length > maxShownCharacters ? `${declared.slice(0, maxShownCharacters)}...` : declared;
  const kind = /rsa/i.test(name) ? "is RSA, which OCMF does not support" : "is unknown";
  return `The signature algorithm ${name} ${kind}; supported is ECDSA with SHA-256 on ${
    curves.map((curve) => curve.name).join(", ")
  }`;
}

/** Whether `signature` (r and s of equal length) is a valid signature of the hash. Never throws. */
export function isSignedBy(hash: Uint8Array, signature: Uint8Array, curve: Curve, point: Uint8Array): boolean {
  if (!isPointOf(curve, point)) return false;
  try {
    // By default the library hashes again, and refuses the larger of the two equivalent values of s.
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

/** Decodes SD, first with the declared encoding: a meter may use a different one. */
function encodings(section: SignatureSection): Uint8Array[] {
  const readers = section.encoding?.trim().toLowerCase() === "base64" ? [fromBase64, fromHex] : [fromHex, fromBase64];
  return readers.map((read) => read(section.data)).filter((bytes) => bytes !== undefined);
}

/** Returns r and s of `width` bytes each, from DER or, if the length matches, from plain concatenation. */
function rawSignatures(bytes: Uint8Array, width: number): Uint8Array[] {
  const fromDer = rawFromDer(bytes, width);
  return [...(fromDer === undefined ? [] : [fromDer]), ...(bytes.length === 2 * width ? [bytes] : [])];
}

/**
 * Some meters write invalid DER: integers without a sign byte, or padded with zeros. So integers are read as unsigned.
 * Only zeros are accepted after the structure.
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
