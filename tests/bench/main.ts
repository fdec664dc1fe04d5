/**
 * Measures the overhead of the line, in comparison with other programs and with the wire itself.
 *
 *     deno task bench [--only unpaced,paced] [--write]
 */
import { print, readTaskParts } from "../support/task_parts.ts";
import { cpu } from "./cpu.ts";
import { dead } from "./dead.ts";
import { machine } from "./machine.ts";
import { capacity, eight, sixteen, sixtyfour } from "./many.ts";
import { metrics } from "./metrics.ts";
import { paced } from "./paced.ts";
import { held, reportText, type SectionReport } from "./report.ts";
import { benchFile, Tools } from "./tools.ts";
import { thirteen } from "./thirteen.ts";
import { unpaced } from "./unpaced.ts";

type Section = (tools: Tools, say: (line: string) => void) => Promise<SectionReport>;

const sections: Readonly<Record<string, Section>> = {
  unpaced,
  paced,
  thirteen,
  dead,
  cpu,
  eight,
  sixteen,
  sixtyfour,
  capacity,
  metrics,
};

const help = `Measures the line; takes about fifteen minutes.

  --only A,B   these sections: ${Object.keys(sections).join(", ")}
  --write      the results go into tests/bench/RESULTS.md too

Example: deno task bench --only unpaced
`;

const names = Object.keys(sections);
const { chosen, write } = readTaskParts({ kind: "section", names, help, writes: true });

await using tools = await Tools.build((line) => print(`${line}\n`));
const reports: SectionReport[] = [];
for (const name of chosen) {
  print(`${name} ...\n`);
  const report = await sections[name]?.(tools, (line) => print(`${line}\n`));
  if (report !== undefined) reports.push(report);
}
const text = reportText(reports, machine());
print(`\n${text}`);
if (write) await Deno.writeTextFile(benchFile("RESULTS.md"), text);
if (reports.some(({ figures }) => figures.some((figure) => held(figure) === false))) Deno.exitCode = 1;
