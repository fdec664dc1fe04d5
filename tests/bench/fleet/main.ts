/**
 * Measures a fleet on a real hub of one server and of three, and plans a larger one.
 *
 *     deno task bench:fleet [--only one,three,node] [--write]
 */
import { parseArgs } from "node:util";
import { machine } from "../machine.ts";
import { held, reportText, type SectionReport } from "../report.ts";
import { benchFile, Tools } from "../tools.ts";
import { hub, type HubFigures } from "./hubs.ts";
import { nodes } from "./nodes.ts";
import { planText } from "./plan.ts";

const parts = ["one", "three", "node"] as const;
const help = `Measures a hub of one server and of three, and how a node grows; takes about six minutes.

  --only A,B   these parts: ${parts.join(", ")}
  --write      the results go into tests/bench/FLEET.md too

Example: deno task bench:fleet --only one
`;

const { values } = parseArgs({
  options: {
    only: { type: "string" },
    write: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});
const chosen = values.only?.split(",") ?? [...parts];
const unknown = chosen.filter((name) => !parts.some((part) => part === name));
if (values.help || unknown.length > 0) {
  if (unknown.length > 0) print(`there is no part "${unknown.join(",")}"\n`);
  print(help);
  Deno.exit(unknown.length > 0 ? 2 : 0);
}

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
if (values.write) await Deno.writeTextFile(benchFile("FLEET.md"), text);
if (reports.some(({ figures }) => figures.some((figure) => held(figure) === false))) Deno.exitCode = 1;

function print(text: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(text));
}
