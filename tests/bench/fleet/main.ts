/**
 * Measures a fleet on a real hub of one server and of three, and plans a larger one.
 *
 *     deno task bench:fleet [--only one,three,node] [--write]
 */
import { print, readTaskParts } from "../../support/task_parts.ts";
import { machine } from "../machine.ts";
import { held, reportText, type SectionReport } from "../report.ts";
import { benchFile, Tools } from "../tools.ts";
import { hub, type HubFigures } from "./hubs.ts";
import { nodes } from "./nodes.ts";
import { planText } from "./plan.ts";

const parts = ["one", "three", "node"];
const help = `Measures a hub of one server and of three, and how a node grows; takes about nine minutes.

  --only A,B   these parts: ${parts.join(", ")}
  --write      the results go into tests/bench/FLEET.md too

Example: deno task bench:fleet --only one
`;

const { chosen, write } = readTaskParts({ kind: "part", names: parts, help, writes: true });

const say = (line: string) => print(`${line}\n`);
await using tools = await Tools.build(say);
const reports: SectionReport[] = [];
let measured: HubFigures | undefined;
for (const [part, size] of [["one", 1], ["three", 3]] as const) {
  if (!chosen.includes(part)) continue;
  say(`a hub of ${part} ...`);
  const result = await hub(tools, size, say);
  reports.push(result.report);
  measured = result.measured;
}
if (chosen.includes("node")) reports.push(await nodes(tools, say));
const plan = measured === undefined ? "" : `\n${planText(measured)}`;
const text = reportText(reports, machine(), "bench:fleet") + plan;
print(`\n${text}`);
if (write) await Deno.writeTextFile(benchFile("FLEET.md"), text);
if (reports.some(({ figures }) => figures.some((figure) => held(figure) === false))) Deno.exitCode = 1;
