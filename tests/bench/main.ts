/**
 * Measures what the line costs beyond the wire, against other programs and against the wire itself.
 *
 *     deno task bench [--only unpaced,paced] [--write]
 */
import { parseArgs } from "node:util";
import { cpu } from "./cpu.ts";
import { dead } from "./dead.ts";
import { machine } from "./machine.ts";
import { capacity, sixteen } from "./many.ts";
import { paced } from "./paced.ts";
import { held, reportText, type SectionReport } from "./report.ts";
import { benchFile, Tools } from "./tools.ts";
import { thirteen } from "./thirteen.ts";
import { unpaced } from "./unpaced.ts";

type Section = (tools: Tools, say: (line: string) => void) => Promise<SectionReport>;

const sections: Readonly<Record<string, Section>> = { unpaced, paced, thirteen, dead, cpu, sixteen, capacity };

const help = `Measures the line; takes about ten minutes.

  --only A,B   these sections: ${Object.keys(sections).join(", ")}
  --write      the results go into tests/bench/RESULTS.md too

Example: deno task bench --only unpaced
`;

const { values } = parseArgs({
  options: {
    only: { type: "string" },
    write: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});
const chosen = values.only?.split(",") ?? Object.keys(sections);
const unknown = chosen.filter((name) => sections[name] === undefined);
if (values.help || unknown.length > 0) {
  if (unknown.length > 0) print(`there is no section "${unknown.join(",")}"\n`);
  print(help);
  Deno.exit(unknown.length > 0 ? 2 : 0);
}

await using tools = await Tools.build((line) => print(`${line}\n`));
const reports: SectionReport[] = [];
for (const name of chosen) {
  print(`${name} ...\n`);
  const report = await sections[name]?.(tools, (line) => print(`${line}\n`));
  if (report !== undefined) reports.push(report);
}
const text = reportText(reports, machine());
print(`\n${text}`);
if (values.write) await Deno.writeTextFile(benchFile("RESULTS.md"), text);
if (reports.some(({ figures }) => figures.some((figure) => held(figure) === false))) Deno.exitCode = 1;

function print(text: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(text));
}
