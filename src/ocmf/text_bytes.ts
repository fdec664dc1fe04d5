const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const latin1 = new TextDecoder("latin1");

/** Bytes of a hex text; blanks, colons and `0x` do not matter. Nothing when it is not hex. */
export function fromHex(text: string): Uint8Array | undefined {
  const digits = text.replace(/[\s:]/g, "").replace(/^0x/i, "");
  const isHex = digits !== "" && digits.length % 2 === 0 && !/[^0-9a-f]/i.test(digits);
  return isHex ? Uint8Array.fromHex(digits) : undefined;
}

/** Bytes of a base64 text in either alphabet, padded or not. Nothing when it is not base64. */
export function fromBase64(text: string): Uint8Array | undefined {
  const digits = text.replace(/\s/g, "").replace(/-/g, "+").replace(/_/g, "/");
  try {
    return Uint8Array.fromBase64(digits);
  } catch {
    return undefined;
  }
}

/** Text of a section: UTF-8, and where it is not, Latin-1, as older meters write it. */
export function decodeText(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch {
    return latin1.decode(bytes);
  }
}
