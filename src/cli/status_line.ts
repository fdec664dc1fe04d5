import type { HealthProblem } from "../base/health_problem.ts";
import { countText } from "../base/text.ts";
import type { LineReport } from "../contract/mod.ts";

/** A longer message is cut, so that the others have room. */
const maxMessageLength = 100;

/** The state of the service in one line: what it serves, and what is wrong, the most severe first. */
export function statusLine(lines: readonly LineReport[], problems: readonly HealthProblem[]): string {
  const meters = lines.reduce((sum, line) => sum + line.meters.length, 0);
  const served = `${countText(meters, "meter")} on ${countText(lines.length, "line")}`;
  return [served, ...problems.map(placedText)].join("; ");
}

function placedText({ line, meter, message }: HealthProblem): string {
  const short = message.length > maxMessageLength ? `${message.slice(0, maxMessageLength)}...` : message;
  if (meter !== undefined) return `meter ${meter}: ${short}`;
  return line === undefined ? short : `line ${line}: ${short}`;
}
