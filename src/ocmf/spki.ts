import { hexText } from "../base/hex.ts";
import { type Curve, curveNamed } from "./curves.ts";
import { derTag, writeDer } from "./der.ts";
import { parsePublicKey } from "./public_key.ts";
import { fromHex } from "./text_bytes.ts";

const ecPublicKeyOid = Uint8Array.of(0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01);
const pemLineLength = 64;

/**
 * Wraps a brainpool point as SubjectPublicKeyInfo: 92 bytes for brainpoolP256r1, 124 for brainpoolP384r1.
 * @param pointHex 04, X and Y in hex; the length tells the curve.
 * @returns Upper-case hex.
 * @throws {SyntaxError} when it is no such point.
 */
export function pointToSpki(pointHex: string): string {
  const point = fromHex(pointHex);
  const curve = point === undefined ? undefined : brainpoolOf(point);
  if (point === undefined || curve === undefined) {
    throw new SyntaxError("Cannot wrap the public key: it is not an uncompressed point of a brainpool curve");
  }
  const oid = Uint8Array.fromHex(curve.oid);
  const algorithm = writeDer(
    derTag.sequence,
    writeDer(derTag.objectIdentifier, ecPublicKeyOid),
    writeDer(derTag.objectIdentifier, oid),
  );
  return hexText(writeDer(derTag.sequence, algorithm, writeDer(derTag.bitString, Uint8Array.of(0), point)));
}

/**
 * Takes the point out of a SubjectPublicKeyInfo.
 * @returns Upper-case hex, with its prefix.
 * @throws {SyntaxError} when it cannot be read.
 */
export function spkiToPoint(spkiHex: string): string {
  return hexText(parsePublicKey(spkiHex).point);
}

/**
 * A SubjectPublicKeyInfo as PEM text, the form that `openssl` reads.
 * @throws {SyntaxError} when it is not hex.
 */
export function spkiToPem(spkiHex: string): string {
  const bytes = fromHex(spkiHex);
  if (bytes === undefined) throw new SyntaxError("Cannot write the public key as PEM: it is not hex");
  const base64 = bytes.toBase64();
  const lines = Array.from(
    { length: Math.ceil(base64.length / pemLineLength) },
    (_, line) => base64.slice(line * pemLineLength, (line + 1) * pemLineLength),
  );
  return ["-----BEGIN PUBLIC KEY-----", ...lines, "-----END PUBLIC KEY-----", ""].join("\n");
}

function brainpoolOf(point: Uint8Array): Curve | undefined {
  if (point[0] !== 0x04) return undefined;
  const brainpools = [curveNamed("brainpoolP256r1"), curveNamed("brainpoolP384r1")];
  return brainpools.find((curve) => point.length === 1 + 2 * curve.bytes);
}
