import { registers } from "../meter/mod.ts";
import { signLiveMap } from "../ocmf/mod.ts";
import { encodeField } from "./encode.ts";
import { readOnly, type Segment } from "./memory.ts";
import type { SigningKey } from "./signing_key.ts";

const typeNumbers = { 256: 0, 384: 1, none: 2 } as const;

/**
 * Registers of the signature type, both forms of the public key and the signed live map. A meter without a key has only
 * the type.
 *
 * @param mapData returns the 122 bytes to sign
 */
export function keyRegisters(key: SigningKey | undefined, mapData: () => Uint8Array): Segment[] {
  const { signatureType, publicKeyPoint, publicKeyDer } = registers;
  const type = readOnly(signatureType.at, 1, () => encodeField(signatureType, typeNumbers[key?.bits ?? "none"]));
  if (key === undefined) return [type];
  return [
    type,
    readOnly(
      publicKeyPoint.at,
      publicKeyPoint.words[key.bits],
      () => padded(key.point, publicKeyPoint.words[key.bits]),
    ),
    readOnly(publicKeyDer.at, publicKeyDer.words[key.bits], () => padded(key.spki, publicKeyDer.words[key.bits])),
    signedLiveMap(key, mapData),
  ];
}

/** Signs on a read, and only if the data has changed: a signature takes milliseconds. */
function signedLiveMap(key: SigningKey, mapData: () => Uint8Array): Segment {
  const { at, dataWords, signatureWords } = registers.signedMap;
  const words = dataWords + signatureWords[key.bits];
  let map = new Uint8Array(words * 2);
  let signed = false;
  return readOnly(at, words, () => {
    const data = mapData();
    if (!signed || data.some((byte, index) => byte !== map[index])) {
      map = new Uint8Array(words * 2);
      map.set(data);
      map.set(signLiveMap(data, key.privateKey, key.curve), data.length);
      signed = true;
    }
    return map;
  });
}

function padded(hexText: string, words: number): Uint8Array {
  const bytes = new Uint8Array(words * 2);
  bytes.set(Uint8Array.fromHex(hexText));
  return bytes;
}
