import { sha256 } from "@noble/hashes/sha2.js";
import { hexText } from "../base/hex.ts";
import { type CurveName, curveNamed } from "./curves.ts";
import { derTag, writeDer } from "./der.ts";

/**
 * Signs a payload as an EM580 does: the whole record, SD as DER in upper-case hex, then SA.
 * @param privateKey As many bytes as a coordinate of the curve, big-endian.
 */
export function signRecord(payload: string, privateKey: Uint8Array, curve: CurveName): string {
  const signature = signRaw(new TextEncoder().encode(payload), privateKey, curve);
  const half = signature.length / 2;
  const der = writeDer(derTag.sequence, derInteger(signature.subarray(0, half)), derInteger(signature.subarray(half)));
  return `OCMF|${payload}|{"SD":"${hexText(der)}","SA":"ECDSA-${curve}-SHA256"}`;
}

/** Signs the data bytes of a live map: r and s, big-endian, one after the other. */
export function signLiveMap(data: Uint8Array, privateKey: Uint8Array, curve: CurveName): Uint8Array {
  return signRaw(data, privateKey, curve);
}

/** The public key of a private key as an uncompressed point, upper-case hex. */
export function publicKey(privateKey: Uint8Array, curve: CurveName): string {
  return hexText(curveNamed(curve).ecdsa.getPublicKey(privateKey, false));
}

function signRaw(data: Uint8Array, privateKey: Uint8Array, curve: CurveName): Uint8Array {
  // A meter does not choose the smaller of the two equivalent s: neither does this.
  const options = { prehash: false, lowS: false, format: "compact" } as const;
  return curveNamed(curve).ecdsa.sign(sha256(data), privateKey, options);
}

function derInteger(bytes: Uint8Array): Uint8Array {
  const first = Math.max(0, bytes.findIndex((byte) => byte !== 0));
  const digits = bytes.subarray(first);
  const sign = (digits[0] ?? 0) >= 0x80 ? [0] : [];
  return writeDer(derTag.integer, Uint8Array.from(sign), digits);
}
