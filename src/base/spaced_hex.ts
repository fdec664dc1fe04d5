/** Bytes in upper-case hex, a blank behind every `size` of them. */
export function spacedHex(bytes: Iterable<number>, size: number): string {
  const digits = Uint8Array.from(bytes).toHex().toUpperCase();
  return digits.match(new RegExp(`.{1,${2 * size}}`, "g"))?.join(" ") ?? "";
}
