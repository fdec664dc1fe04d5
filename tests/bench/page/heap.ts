import type { Page } from "playwright-core";
import { systemTime } from "../../../src/base/time.ts";
import type { SectionReport } from "../report.ts";
import { PageHeap } from "./page_heap.ts";
import { type Sample, slopePerMinute } from "./slope.ts";
import type { SyntheticFleet } from "./synthetic_fleet.ts";

const minutes = 3;
const sampleMs = 15_000;
const maxHeapMb = 100;
/** An hour with this slope adds 30 MB; a leak of one row for each reading would add 10 MB in a minute. */
const maxSlopeMb = 0.5;

/** Follows the JavaScript heap while readings arrive. */
export async function heap(page: Page, fleet: SyntheticFleet, say: (line: string) => void): Promise<SectionReport> {
  say(`follows the heap for ${minutes} minutes ...`);
  const heap = await PageHeap.of(page);
  const beganMs = systemTime.mono();
  const before = fleet.published;
  const samples: Sample[] = [];
  while (true) {
    const passedMs = systemTime.mono() - beganMs;
    const sample = { minutes: passedMs / 60_000, value: await heap.usedMb() };
    samples.push(sample);
    say(`${sample.minutes.toFixed(2)} min: ${sample.value.toFixed(1)} MB`);
    if (passedMs >= minutes * 60_000) break;
    await systemTime.sleep(sampleMs);
  }
  const seconds = (systemTime.mono() - beganMs) / 1000;
  // The first samples are those of a page that has just started
  const settled = samples.slice(Math.ceil(samples.length / 4));
  return {
    title: "heap",
    figures: [
      {
        what: "JavaScript heap, the largest",
        value: Math.max(...samples.map(({ value }) => value)),
        unit: "MB",
        atMost: maxHeapMb,
      },
      { what: "growth of the heap", value: slopePerMinute(settled), unit: "MB/min", atMost: maxSlopeMb },
      { what: "duration", value: seconds, unit: "s" },
      { what: "readings meanwhile", value: (fleet.published - before) / seconds, unit: "readings/s" },
    ],
  };
}
