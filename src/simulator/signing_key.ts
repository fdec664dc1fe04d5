import { type CurveName, pointToSpki, publicKey } from "../ocmf/mod.ts";
import { seeded } from "./random.ts";

/** The signing key of a simulated meter. Only for tests and demonstrations: everyone can derive it from the seed. */
export interface SigningKey {
  readonly bits: 256 | 384;
  readonly curve: CurveName;
  readonly privateKey: Uint8Array;
  /** Uncompressed point, upper-case hex. */
  readonly point: string;
  /** SubjectPublicKeyInfo, upper-case hex. */
  readonly spki: string;
}

/** Derives the key from a seed. */
export function signingKey(bits: 256 | 384, seed: number): SigningKey {
  const random = seeded(seed);
  const privateKey = Uint8Array.from({ length: bits / 8 }, () => Math.floor(random.next().value * 256));
  // Below the order of both curves (A9h.. and 8Ch..) and not zero.
  privateKey[0] = (privateKey[0] ?? 0) & 0x7f | 1;
  const curve = bits === 256 ? "brainpoolP256r1" : "brainpoolP384r1";
  const point = publicKey(privateKey, curve);
  return { bits, curve, privateKey, point, spki: pointToSpki(point) };
}
