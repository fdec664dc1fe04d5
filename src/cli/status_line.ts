import { countText } from "../base/text.ts";
import type { LineReport } from "../contract/mod.ts";

/** The state of the service in one line: what it serves, and what is missing. */
export function statusLine(lines: readonly LineReport[], problems: readonly string[]): string {
  const meters = lines.reduce((sum, line) => sum + line.meters.length, 0);
  const missing = [
    ...lines.filter(({ state }) => state === "closed").map(({ name }) => `line ${name} is closed`),
    ...problems,
  ];
  return [`${countText(meters, "meter")} on ${countText(lines.length, "line")}`, ...missing].join("; ");
}
