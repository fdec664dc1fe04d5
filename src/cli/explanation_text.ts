import type { Explanation } from "../ocmf/mod.ts";
import { printable } from "../base/text.ts";

const valueWidth = 36;

/** Formats an explanation as lines in three columns. The meaning of a long value is on the next line. */
export function explanationText(explanations: readonly Explanation[]): string[] {
  const lines = explanations.map(({ field, value, meaning }) => ({
    field: printable(field),
    value: printable(value),
    meaning: printable(meaning),
  }));
  const fieldWidth = lines.reduce((width, { field }) => Math.max(width, field.length), 0);
  return lines.flatMap(({ field, value, meaning }) => {
    const head = `  ${field.padEnd(fieldWidth)}  `;
    if (value.length <= valueWidth) return [`${head}${value.padEnd(valueWidth)}  ${meaning}`.trimEnd()];
    return [head + value, ...(meaning === "" ? [] : [" ".repeat(head.length + valueWidth + 2) + meaning])];
  });
}
