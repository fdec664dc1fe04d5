import { hexText } from "../base/hex.ts";

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const latin1 = new TextDecoder("latin1");

/** Decodes a hex text; ignores whitespace, colons and `0x`. Undefined if it is not hex. */
export function fromHex(text: string): Uint8Array | undefined {
  const digits = text.replace(/[\s:]/g, "").replace(/^0x/i, "");
  const isHex = digits !== "" && digits.length % 2 === 0 && !/[^0-9a-f]/i.test(digits);
  return isHex ? bytesOfHex(digits) : undefined;
}

/** Decodes a base64 text in either alphabet, padded or not. Undefined if it is not base64. */
export function fromBase64(text: string): Uint8Array | undefined {
  const digits = text.replace(/\s/g, "").replace(/-/g, "+").replace(/_/g, "/");
  try {
    return Uint8Array.from(atob(digits), (character) => character.charCodeAt(0));
  } catch {
    return undefined;
  }
}

/** Bytes of a valid hex text. The method of the language is missing in Node 20. */
export function bytesOfHex(digits: string): Uint8Array {
  return Uint8Array.from({ length: digits.length / 2 }, (_, at) => parseInt(digits.slice(2 * at, 2 * at + 2), 16));
}

/** Lower-case hex. */
export function toHex(bytes: Uint8Array): string {
  return hexText(bytes).toLowerCase();
}

/** Base64 with padding. */
export function toBase64(bytes: Uint8Array): string {
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
}

/** Decodes a section as UTF-8, or as Latin-1 of older meters if it is not UTF-8. */
export function decodeText(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch {
    return latin1.decode(bytes);
  }
}
