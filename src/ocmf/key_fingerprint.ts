import { sha256 } from "@noble/hashes/sha2.js";
import { curvesOf, parsePublicKey } from "./public_key.ts";
import { writeSpki } from "./spki.ts";
import { toHex } from "./text_bytes.ts";

/**
 * Returns the SHA-256 of a public key as SubjectPublicKeyInfo, in lower-case hex. It is the same for all forms of one key.
 * Undefined if the text is not a key of a known curve.
 */
export function keyFingerprint(publicKey: string): string | undefined {
  try {
    const key = parsePublicKey(publicKey);
    const [curve] = curvesOf(key);
    if (curve === undefined) return undefined;
    return toHex(sha256(writeSpki(curve, curve.ecdsa.Point.fromBytes(key.point).toBytes(false))));
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
