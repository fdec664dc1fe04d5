import { sha256 } from "@noble/hashes/sha2.js";
import { hexText } from "../base/hex.ts";
import { type CurveName, curveNamed } from "./curves.ts";
import { derTag, writeDer } from "./der.ts";

/**
 * Signs a payload like an EM580. Returns the complete record, with SD as DER in upper-case hex before SA.
 * @param privateKey as many bytes as a coordinate of the curve, big-endian
 */
export function signRecord(payload: string, privateKey: Uint8Array, curve: CurveName): string {
  const signature = signRaw(new TextEncoder().encode(payload), privateKey, curve);
  const half = signature.length / 2;
  const der = writeDer(derTag.sequence, derInteger(signature.subarray(0, half)), derInteger(signature.subarray(half)));
  return `OCMF|${payload}|{"SD":"${hexText(der)}","SA":"ECDSA-${curve}-SHA256"}`;
}

/** Signs the data of a live map. Returns r and s, big-endian, concatenated. */
export function signLiveMap(data: Uint8Array, privateKey: Uint8Array, curve: CurveName): Uint8Array {
  return signRaw(data, privateKey, curve);
}

/** Returns the public key of a private key as an uncompressed point in upper-case hex. */
export function publicKey(privateKey: Uint8Array, curve: CurveName): string {
  return hexText(curveNamed(curve).ecdsa.getPublicKey(privateKey, false));
}

function signRaw(data: Uint8Array, privateKey: Uint8Array, curve: CurveName): Uint8Array {
  // Like a meter, do not choose the smaller of the two equivalent values of s.
  const options = { prehash: false, lowS: false, format: "compact" } as const;
  return curveNamed(curve).ecdsa.sign(sha256(data), privateKey, options);
}

function derInteger(bytes: Uint8Array): Uint8Array {
  const first = Math.max(0, bytes.findIndex((byte) => byte !== 0));
  const digits = bytes.subarray(first);
  const sign = (digits[0] ?? 0) >= 0x80 ? [0] : [];
  return writeDer(derTag.integer, Uint8Array.from(sign), digits);
}
