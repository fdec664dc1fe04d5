import { type ECDSA, ecdsa, weierstrass } from "@noble/curves/abstract/weierstrass.js";
import { brainpoolP256r1, brainpoolP384r1 } from "@noble/curves/misc.js";
import { p256, p384 } from "@noble/curves/nist.js";
import { secp256k1 } from "@noble/curves/secp256k1.js";
import { sha256 } from "@noble/hashes/sha2.js";

/** The curves of OCMF, in the spelling of this project. */
export type CurveName =
  | "secp192k1"
  | "secp192r1"
  | "secp256k1"
  | "secp256r1"
  | "secp384r1"
  | "brainpoolP256r1"
  | "brainpoolP384r1";

/** A curve, with the data to identify it. */
export interface Curve {
  readonly name: CurveName;
  /** Content of the object identifier, hex. */
  readonly oid: string;
  /** Bytes of a coordinate and of r and s. */
  readonly bytes: number;
  readonly ecdsa: ECDSA;
}

// SEC 2, version 1.0, sections 2.5.1 and 2.5.2: the library has no curves of 192 bits.
const secp192k1 = ecdsa(
  weierstrass({
    p: 0xfffffffffffffffffffffffffffffffffffffffeffffee37n,
    n: 0xfffffffffffffffffffffffe26f2fc170f69466a74defd8dn,
    h: 1n,
    a: 0n,
    b: 3n,
    Gx: 0xdb4ff10ec057e9ae26b07d0280b7f4341da5d1b1eae06c7dn,
    Gy: 0x9b2f2f6d9c5628a7844163d015be86344082aa88d95e2f9dn,
  }),
  sha256,
);
const secp192r1 = ecdsa(
  weierstrass({
    p: 0xfffffffffffffffffffffffffffffffeffffffffffffffffn,
    n: 0xffffffffffffffffffffffff99def836146bc9b1b4d22831n,
    h: 1n,
    a: 0xfffffffffffffffffffffffffffffffefffffffffffffffcn,
    b: 0x64210519e59c80e70fa7e9ab72243049feb8deecc146b9b1n,
    Gx: 0x188da80eb03090f67cbf20eb43a18800f4ff0afd82ff1012n,
    Gy: 0x07192b95ffc8da78631011ed6b24cdd573f977a11e794811n,
  }),
  sha256,
);

/** All curves; the default of OCMF is first. */
export const curves: readonly Curve[] = [
  { name: "secp256r1", oid: "2a8648ce3d030107", bytes: 32, ecdsa: p256 },
  { name: "secp256k1", oid: "2b8104000a", bytes: 32, ecdsa: secp256k1 },
  { name: "brainpoolP256r1", oid: "2b2403030208010107", bytes: 32, ecdsa: brainpoolP256r1 },
  { name: "secp384r1", oid: "2b81040022", bytes: 48, ecdsa: p384 },
  { name: "brainpoolP384r1", oid: "2b240303020801010b", bytes: 48, ecdsa: brainpoolP384r1 },
  { name: "secp192r1", oid: "2a8648ce3d030101", bytes: 24, ecdsa: secp192r1 },
  { name: "secp192k1", oid: "2b8104001f", bytes: 24, ecdsa: secp192k1 },
];

/** Returns the curve with this name. */
export function curveNamed(name: CurveName): Curve {
  const curve = curves.find((each) => each.name === name);
  if (curve === undefined) throw new TypeError(`Unknown curve ${name}`);
  return curve;
}

/**
 * Returns the curve of a signature algorithm such as `ECDSA-brainpool384r1-SHA256`, in any case, and with or without
 * the P that meters write and the specification omits. The hash is SHA-256 on every curve; undefined for other hashes.
 */
export function curveOfAlgorithm(algorithm: string): Curve | undefined {
  const name = /^\s*ECDSA-(.+)-SHA-?256\s*$/i.exec(algorithm)?.[1];
  return name === undefined ? undefined : curves.find((curve) => plainName(curve.name) === plainName(name));
}

/** Whether a point with its prefix has the length required by the curve. */
export function hasPointLength(curve: Curve, point: Uint8Array): boolean {
  return point.length === 1 + (point[0] === 0x04 ? 2 * curve.bytes : curve.bytes);
}

/** Whether the bytes, with a prefix of 02, 03 or 04, are a point on the curve. */
export function isPointOf(curve: Curve, point: Uint8Array): boolean {
  if (!hasPointLength(curve, point)) return false;
  try {
    curve.ecdsa.Point.fromBytes(point).assertValidity();
    return true;
  } catch {
    return false;
  }
}

function plainName(name: string): string {
  return name.toLowerCase().replace("brainpoolp", "brainpool");
}
