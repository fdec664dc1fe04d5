import type { CurveName } from "./curves.ts";

/** Signs a payload as an EM580 does: the whole record, SD as DER in upper-case hex, then SA. */
export function signRecord(payload: string, _privateKey: Uint8Array, _curve: CurveName): string {
  return payload;
}

/** Signs the data bytes of a live map: r and s, big-endian, one after the other. */
export function signLiveMap(data: Uint8Array, _privateKey: Uint8Array, _curve: CurveName): Uint8Array {
  return data;
}

/** The public key of a private key (32 or 48 bytes, big-endian) as an uncompressed point, upper-case hex. */
export function publicKey(_privateKey: Uint8Array, _curve: CurveName): string {
  return "";
}
