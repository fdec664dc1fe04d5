/**
 * Whether the lines that a document shows are in an output, one below the other, except where the document has `...`.
 * Each shown line is the beginning of a line of the output.
 *
 * @param lasting removes from a line what differs from run to run
 */
export function hasShownLines(
  output: string,
  shown: readonly string[],
  lasting: (line: string) => string,
): boolean {
  const lines = output.split("\n").map(lasting);
  let next = 0;
  let maySkip = true;
  for (const line of shown) {
    if (line === "...") {
      maySkip = true;
      continue;
    }
    const found = lines.findIndex((text, index) => index >= next && text.startsWith(lasting(line)));
    if (found < 0 || (found > next && !maySkip)) return false;
    next = found + 1;
    maySkip = false;
  }
  return true;
}
