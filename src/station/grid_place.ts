/**
 * The offset of one more meter on a line: the middle of the largest gap between the offsets of the others, which keep
 * theirs.
 *
 * @param taken offsets of the other meters, 0 to 1
 */
export function freeGridOffset(taken: readonly number[]): number {
  const sorted = [...taken].sort((one, other) => one - other);
  const [first] = sorted;
  if (first === undefined) return 0;
  let offset = 0;
  let largest = -1;
  for (const [index, from] of sorted.entries()) {
    const gap = (sorted[index + 1] ?? first + 1) - from;
    // Half a millionth of tolerance, so that equal gaps are taken in order
    if (gap <= largest + 5e-7) continue;
    largest = gap;
    offset = (from + gap / 2) % 1;
  }
  return offset;
}
