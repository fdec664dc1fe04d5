import { sha256 } from "@noble/hashes/sha2.js";
import { curveNamed } from "./curves.ts";
import { curvesOf, parsePublicKey } from "./public_key.ts";
import { isSignedBy } from "./signature.ts";
import { fromHex } from "./text_bytes.ts";

/** Number of signed bytes of a live map: 61 registers. */
const dataLength = 122;

/**
 * Whether `signatureHex` (r and s) is a valid signature of the 122 bytes of a live map. The key is a point or
 * SubjectPublicKeyInfo of brainpoolP256r1 or brainpoolP384r1. Never throws.
 *
 * @param dataHex 122 bytes in hex, `SignedValue.data` of a reading: registers 302049 (0800h) to 083Ch
 * @param signatureHex 64 or 96 bytes in hex, by the size of the key: the registers after them
 * @param publicKeyHex hex, as printed on the meter or read from it (2500h, 2600h)
 * @returns false also for texts that are not hex or have another length
 */
export function verifyLiveMap(dataHex: string, signatureHex: string, publicKeyHex: string): boolean {
  const data = fromHex(dataHex);
  const signature = fromHex(signatureHex);
  if (data?.length !== dataLength || signature === undefined) return false;
  try {
    const key = parsePublicKey(publicKeyHex);
    const hash = sha256(data);
    return [curveNamed("brainpoolP256r1"), curveNamed("brainpoolP384r1")]
      .filter((curve) => curvesOf(key).includes(curve) && signature.length === 2 * curve.bytes)
      .some((curve) => isSignedBy(hash, signature, curve, key.point));
  } catch {
    return false;
  }
}
