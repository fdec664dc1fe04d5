/**
 * Runs `web` as a separate process with a page in Chromium and 1,000 readings a second, and checks that neither the
 * page nor the server grows.
 *
 *     deno task soak --web [--minutes N, default 60]
 */
import { systemTime } from "../../src/base/time.ts";
import { startFleetServer } from "../bench/page/fleet_server.ts";
import { PageHeap } from "../bench/page/page_heap.ts";
import { slopePerMinute } from "../bench/page/slope.ts";
import { launchChromium, openPage } from "../support/chromium.ts";
import { freeAddress } from "../support/own_address.ts";
import { CommandProcess } from "../support/start_process.ts";
import { taskNumbers } from "../support/task_numbers.ts";
import { descriptors, residentMb } from "./process_use.ts";

const { options: { minutes = 60 } } = taskNumbers(Deno.args.filter((argument) => argument !== "--web"), {
  usage: `Usage: deno task soak --web [--minutes N]

Runs the page for 10,000 meters with 1,000 readings a second in Chromium (default:
60 minutes); ends with 0 when neither the page nor its server grows.`,
  options: ["minutes"],
});
const samplesWanted = 60;
/** Growth of the page's heap after a collection, in MB a minute. */
const maxSlopeMb = 0.5;
/** Growth of the server's peak between the halves. V8 collects late: within three minutes it varies by 150 MB. */
const maxGrowthMb = 40;

await using server = await startFleetServer();
const { fleet } = server;
await using web = new CommandProcess(["web", "--listen", freeAddress(), "--server", server.address]);
const origin = (await web.line("The page is at "))?.match(/http:\S+[^/\s]/)?.[0];
if (origin === undefined) throw new Error(`The server of the page did not start: ${(await web.ended()).err}`);
await using browser = await launchChromium();
await using opened = await openPage(browser, { viewport: { width: 1600, height: 900 } });
const ended = new AbortController();
const publishing = fleet.publishReadings(1_000, ended.signal);
await opened.page.goto(`${origin}/fleet`);
await opened.page.getByText("10,000 of 10,000 meters").waitFor();

const heap = await PageHeap.of(opened.page);
const samples: { minutes: number; heapMb: number; rssMb: number; descriptors: number }[] = [];
const beganMs = systemTime.mono();
print("minutes  readings  page heap MB  server MB  descriptors");
while (true) {
  const passed = (systemTime.mono() - beganMs) / 60_000;
  const sample = {
    minutes: passed,
    heapMb: await heap.usedMb(),
    rssMb: residentMb(web.pid),
    descriptors: descriptors(web.pid),
  };
  samples.push(sample);
  print(
    [passed.toFixed(1).padStart(7), String(fleet.published).padStart(8), sample.heapMb.toFixed(1).padStart(12)].join(
      "  ",
    ) +
      `  ${sample.rssMb.toFixed(1).padStart(9)}  ${String(sample.descriptors).padStart(11)}`,
  );
  if (passed >= minutes) break;
  await systemTime.sleep(minutes * 60_000 / samplesWanted);
}
ended.abort();
await publishing;

const middle = Math.floor(samples.length / 2);
const [first, second] = [samples.slice(0, middle), samples.slice(middle)];
const slopeMb = slopePerMinute(second.map(({ minutes, heapMb }) => ({ minutes, value: heapMb })));
const peakMb = (half: typeof samples) => Math.max(...half.map(({ rssMb }) => rssMb));
const growthMb = peakMb(second) - peakMb(first);
const grownDescriptors = (second.at(-1)?.descriptors ?? 0) - (second[0]?.descriptors ?? 0);
print(
  `second half: heap of the page ${slopeMb.toFixed(3)} MB/min, server ${
    growthMb.toFixed(1)
  } MB above the first half, ` +
    `${grownDescriptors} descriptors; problems of the page: ${opened.problems.length}`,
);
const isSteady = slopeMb <= maxSlopeMb && growthMb <= maxGrowthMb && grownDescriptors <= 0;
Deno.exitCode = isSteady && opened.problems.length === 0 ? 0 : 1;

function print(line: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
}
