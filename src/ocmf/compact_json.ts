const quote = 0x22;
const backslash = 0x5c;
const blanks: ReadonlySet<number> = new Set([0x20, 0x09, 0x0a, 0x0d]);

/** Removes whitespace between the tokens of a JSON text, but not within strings. */
export function compactJson(json: Uint8Array): Uint8Array {
  let isText = false;
  let isEscaped = false;
  return json.filter((byte) => {
    if (isText) {
      if (isEscaped) isEscaped = false;
      else if (byte === backslash) isEscaped = true;
      else if (byte === quote) isText = false;
      return true;
    }
    isText = byte === quote;
    return !blanks.has(byte);
  });
}
