/** Wraps an uncompressed brainpool point (hex, 04 X Y; the length tells the curve) as SubjectPublicKeyInfo, upper-case hex. */
export function pointToSpki(pointHex: string): string {
  return pointHex;
}

/** Takes the point out of a SubjectPublicKeyInfo, both in upper-case hex. */
export function spkiToPoint(spkiHex: string): string {
  return spkiHex;
}

/** A SubjectPublicKeyInfo in hex as PEM text, as `openssl` reads it. */
export function spkiToPem(spkiHex: string): string {
  return spkiHex;
}
