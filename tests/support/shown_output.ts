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
  for (const block of blocksOf(shown)) {
    const expected = block.map(lasting);
    const isAt = (from: number) => expected.every((line, index) => lines[from + index]?.startsWith(line));
    // A table that is printed repeatedly may show the block only later, when all of its rows are complete
    const found = lines.findIndex((_, from) => from >= next && isAt(from));
    if (found < 0) return false;
    next = found + expected.length;
  }
  return true;
}

/** The lines between two `...`, which are one below the other. */
function blocksOf(shown: readonly string[]): string[][] {
  const blocks: string[][] = [[]];
  for (const line of shown) {
    if (line === "...") blocks.push([]);
    else blocks.at(-1)?.push(line);
  }
  return blocks.filter((block) => block.length > 0);
}
