import { countText } from "../base/text.ts";

/** The number of changes in words. */
export function reloadText(applied: readonly string[], waiting: readonly string[]): string {
  if (applied.length + waiting.length === 0) return "nothing has changed";
  const rest = waiting.length === 0 ? "" : `, ${waiting.length} of them when a transaction has ended`;
  return `${countText(applied.length + waiting.length, "change")}${rest}`;
}
