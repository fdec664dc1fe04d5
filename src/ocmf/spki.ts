import { hexText } from "../base/hex.ts";
import { type Curve, curveNamed } from "./curves.ts";
import { derTag, writeDer } from "./der.ts";
import { parsePublicKey } from "./public_key.ts";
import { bytesOfHex, fromHex, toBase64 } from "./text_bytes.ts";

const ecPublicKeyOid = Uint8Array.of(0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01);
const pemLineLength = 64;

/**
 * Encodes a brainpool point as SubjectPublicKeyInfo: 92 bytes for brainpoolP256r1, 124 for brainpoolP384r1.
 * @param pointHex 04, X and Y in hex; the length determines the curve
 * @returns upper-case hex
 * @throws {SyntaxError} it is not such a point
 */
export function pointToSpki(pointHex: string): string {
  const point = fromHex(pointHex);
  const curve = point === undefined ? undefined : brainpoolOf(point);
  if (point === undefined || curve === undefined) {
    throw new SyntaxError("Cannot encode the public key: it is not an uncompressed point on a brainpool curve");
  }
  return hexText(writeSpki(curve, point));
}

/** Encodes a point of a curve as SubjectPublicKeyInfo. @param point 04, X and Y */
export function writeSpki(curve: Curve, point: Uint8Array): Uint8Array {
  const algorithm = writeDer(
    derTag.sequence,
    writeDer(derTag.objectIdentifier, ecPublicKeyOid),
    writeDer(derTag.objectIdentifier, bytesOfHex(curve.oid)),
  );
  return writeDer(derTag.sequence, algorithm, writeDer(derTag.bitString, Uint8Array.of(0), point));
}

/**
 * Extracts the point from a SubjectPublicKeyInfo.
 * @param spkiHex DER in hex, of any supported curve
 * @returns upper-case hex, with its prefix
 * @throws {SyntaxError} it cannot be read
 */
export function spkiToPoint(spkiHex: string): string {
  return hexText(parsePublicKey(spkiHex).point);
}

/**
 * Converts a SubjectPublicKeyInfo to PEM, which `openssl` reads.
 * @param spkiHex DER in hex
 * @returns lines that end with a line feed, the last one too
 * @throws {SyntaxError} it is not hex
 */
export function spkiToPem(spkiHex: string): string {
  const bytes = fromHex(spkiHex);
  if (bytes === undefined) throw new SyntaxError("Cannot write the public key as PEM: it is not hex");
  const base64 = toBase64(bytes);
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
