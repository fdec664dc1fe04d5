/** An address or a code in the notation of the meter manuals: four upper-case hex digits. */
export function hex(value: number): string {
  return value.toString(16).toUpperCase().padStart(4, "0");
}

/** Bytes in upper-case hex, without separators. */
export function hexText(bytes: Iterable<number>): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("").toUpperCase();
}

/** Bytes in upper-case hex, with a space after every `size` bytes. */
export function spacedHex(bytes: Iterable<number>, size: number): string {
  return hexText(bytes).match(new RegExp(`.{1,${2 * size}}`, "g"))?.join(" ") ?? "";
}
