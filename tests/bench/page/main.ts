/**
 * Measures the page with 10,000 meters in Chromium: frames while a script scrolls, and the JavaScript heap.
 *
 *     deno task bench:page [--only scroll,heap] [--write]
 */
import { launchChromium, openPage } from "../../support/chromium.ts";
import { servePage } from "../../support/page_site.ts";
import { print, readTaskParts } from "../../support/task_parts.ts";
import { machine } from "../machine.ts";
import { held, reportText, type SectionReport } from "../report.ts";
import { benchFile } from "../tools.ts";
import { startFleetServer } from "./fleet_server.ts";
import { heap } from "./heap.ts";
import { scroll } from "./scroll.ts";

const parts = ["scroll", "heap"];
const help = `Measures the page with 10,000 meters in Chromium; takes about five minutes.

  --only A,B   these parts: ${parts.join(", ")}
  --write      the results go into tests/bench/PAGE.md too

Example: deno task bench:page --only scroll
`;

const readingsPerSecond = 1_000;
const { chosen, write } = readTaskParts({ kind: "part", names: parts, help, writes: true });
const say = (line: string) => print(`${line}\n`);

await using server = await startFleetServer();
const { fleet } = server;
const served = await servePage(server.address);
const browser = await launchChromium();
const opened = await openPage(browser, { locale: "en-GB", viewport: { width: 1600, height: 900 } });
const ended = new AbortController();
const publishing = fleet.publishReadings(readingsPerSecond, ended.signal);
const reports: SectionReport[] = [];
try {
  await opened.page.goto(`${served.origin}/fleet?sort=name`);
  await opened.page.getByText("10,000 of 10,000 meters").waitFor();
  if (chosen.includes("scroll")) reports.push(await scroll(opened.page, fleet, say));
  if (chosen.includes("heap")) reports.push(await heap(opened.page, fleet, say));
  if (opened.problems.length > 0) throw new Error(`The page reported problems: ${opened.problems.join("; ")}`);
} finally {
  ended.abort();
  await publishing;
  await opened[Symbol.asyncDispose]();
  await browser.close();
  await served[Symbol.asyncDispose]();
}
const text = reportText(reports, machine(), "bench:page");
print(`\n${text}`);
if (write) await Deno.writeTextFile(benchFile("PAGE.md"), text);
if (reports.some(({ figures }) => figures.some((figure) => held(figure) === false))) Deno.exitCode = 1;
