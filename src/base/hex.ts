/** An address or a code in the notation of the meter manuals: four upper-case hex digits. */
export function hex(value: number): string {
  return value.toString(16).toUpperCase().padStart(4, "0");
}

/** The two digits of each byte. */
const digits: readonly string[] = Array.from({ length: 256 }, (_, byte) => hex(byte).slice(2));

/** Bytes in upper-case hex, without separators. */
export function hexText(bytes: ArrayLike<number>): string {
  let text = "";
  // By index: an iterator creates an object for each byte, and each signed value has hundreds
  for (let at = 0; at < bytes.length; at++) text += digits[bytes[at] ?? 0];
  return text;
}

/** Bytes in upper-case hex, with a space after every `size` bytes. */
export function spacedHex(bytes: ArrayLike<number>, size: number): string {
  return hexText(bytes).match(new RegExp(`.{1,${2 * size}}`, "g"))?.join(" ") ?? "";
}
