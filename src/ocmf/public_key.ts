import { nameOfOid } from "./algorithm_names.ts";
import { type Curve, curves, hasPointLength, isPointOf } from "./curves.ts";
import { derTag, readDer } from "./der.ts";
import { fromBase64, fromHex, toHex } from "./text_bytes.ts";

/** A public key in its original form. */
export interface PublicKey {
  /** Set if the key is a SubjectPublicKeyInfo. Otherwise the record determines the curve. */
  readonly curve?: Curve;
  /** Point with its prefix: 04 X Y, or 02 or 03 and X. */
  readonly point: Uint8Array;
}

const ecPublicKeyOid = "2a8648ce3d0201";
/** Maximum nesting of encodings: base64 or JSON. */
const maxWrappings = 4;
/** The bytes of one register. */
const maxZeros = 2;
/** No form of a key is nearly as long. */
const maxCharacters = 10_000;

/**
 * Parses a public key in any common form: SubjectPublicKeyInfo or point (with or without 04, also compressed, with or
 * without trailing zeros) in hex or base64, PEM, `oca:base16:asn1:` and `oca:base64:asn1:`, each of them also in
 * base64, and `{"UK": key}`. Ignores whitespace, colons and letter case.
 * @throws {SyntaxError} the form or the curve is unknown
 */
export function parsePublicKey(text: string): PublicKey {
  if (text.length > maxCharacters) {
    throw new SyntaxError(`Cannot read the public key: ${text.length} characters are too long`);
  }
  return parse(text.replace(/\0+$/, ""), 0);
}

/** Returns the possible curves of a key: its own, or all curves with this point. */
export function curvesOf(key: PublicKey): readonly Curve[] {
  const candidates = key.curve === undefined ? curves : [key.curve];
  return candidates.filter((curve) => isPointOf(curve, key.point));
}

/** Returns why a text is not a public key of a known curve; undefined if it is one. */
export function publicKeyProblem(text: string): string | undefined {
  try {
    if (curvesOf(parsePublicKey(text)).length > 0) return undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return error.message;
    throw error;
  }
  return "Cannot use the public key: its point is on no known curve";
}

/** Whether two texts contain the same key, in any forms. */
export function isSameKey(one: string, other: string): boolean {
  const others = fingerprints(other);
  return fingerprints(one).some((fingerprint) => others.includes(fingerprint));
}

function fingerprints(text: string): string[] {
  try {
    const key = parsePublicKey(text);
    const points = curvesOf(key).map((curve) => `${curve.name} ${curve.ecdsa.Point.fromBytes(key.point).toHex(false)}`);
    return points.length > 0 ? points : [toHex(key.point)];
  } catch {
    return [text.trim()];
  }
}

function parse(text: string, wrappings: number): PublicKey {
  if (wrappings > maxWrappings) throw new SyntaxError("Cannot read the public key: it has too many nested encodings");
  const inner = /-----BEGIN [^-]+-----([^-]+)-----END/.exec(text)?.[1] ??
    /^\s*oca:base(?:16|64):asn1:(.+)$/is.exec(text)?.[1] ??
    /^\s*\{\s*"UK"\s*:\s*"([^"]+)"\s*\}\s*$/.exec(text)?.[1];
  if (inner !== undefined) return parse(inner, wrappings + 1);
  const hex = fromHex(text);
  if (hex !== undefined) return fromBytes(hex);
  const bytes = fromBase64(text);
  if (bytes === undefined || bytes.length === 0) {
    throw new SyntaxError("Cannot read the public key: it is neither hex nor base64 nor PEM");
  }
  return isText(bytes) ? parse(new TextDecoder().decode(bytes), wrappings + 1) : fromBytes(bytes);
}

function fromBytes(bytes: Uint8Array): PublicKey {
  if (bytes[0] === derTag.sequence) {
    const key = fromSpki(bytes);
    if (key !== undefined) return key;
  }
  // Meters return whole registers: a point with an odd number of bytes is followed by a zero byte.
  for (let zeros = 0; zeros <= maxZeros && bytes.subarray(bytes.length - zeros).every((byte) => byte === 0); zeros++) {
    const key = fromPoint(bytes.subarray(0, bytes.length - zeros));
    if (key !== undefined) return key;
  }
  throw new SyntaxError(`Cannot read the public key: its ${bytes.length} bytes are not a key of a known curve`);
}

function fromPoint(bytes: Uint8Array): PublicKey | undefined {
  const prefix = bytes[0];
  if (curves.some((curve) => bytes.length === 2 * curve.bytes)) return { point: Uint8Array.of(0x04, ...bytes) };
  const isPoint = prefix === 0x02 || prefix === 0x03 || prefix === 0x04;
  return isPoint && curves.some((curve) => hasPointLength(curve, bytes)) ? { point: bytes } : undefined;
}

/** Returns undefined for other structures. */
function fromSpki(bytes: Uint8Array): PublicKey | undefined {
  const info = readDer(bytes);
  const algorithm = info && readDer(info.content);
  if (algorithm?.tag === derTag.integer && info?.rest.length === 0) throw notElliptic("RSA");
  const oid = algorithm && readDer(algorithm.content);
  if (algorithm?.tag !== derTag.sequence || oid?.tag !== derTag.objectIdentifier) return undefined;
  if (toHex(oid.content) !== ecPublicKeyOid) throw notElliptic(nameOfOid(oid.content));
  const parameters = readDer(oid.rest);
  const curve = curves.find((each) => parameters && each.oid === toHex(parameters.content));
  if (curve === undefined) {
    const name = parameters?.tag === derTag.objectIdentifier ? nameOfOid(parameters.content) : "without a name";
    throw new SyntaxError(`Cannot use the public key: its curve ${name} is unknown`);
  }
  const point = readDer(algorithm.rest);
  if (point?.tag !== derTag.bitString) return undefined;
  return { curve, point: point.content.subarray(1) };
}

function notElliptic(algorithm: string): SyntaxError {
  return new SyntaxError(
    `Cannot use the public key: it is a key for ${algorithm}, not an elliptic curve key; OCMF signatures are ECDSA`,
  );
}

function isText(bytes: Uint8Array): boolean {
  return bytes.every((byte) => (byte >= 0x20 && byte < 0x7f) || byte === 0x0a || byte === 0x0d || byte === 0x09);
}
