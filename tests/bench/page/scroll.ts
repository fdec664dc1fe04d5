import type { Page } from "playwright-core";
import { quantile } from "../quantile.ts";
import type { SectionReport } from "../report.ts";
import { idleFrames, scrollThrough } from "./scroll_script.js";
import type { SyntheticFleet } from "./synthetic_fleet.ts";

/** About five rows in each frame: faster than a person reads, so that new rows are needed all the time. */
const stepPx = 180;
/** Two frames of a display with 60 Hz. */
const maxFrameMs = 34;
/** Two frames instead of one, and a little: a loaded machine delays the frames of an empty page, too. */
const maxIdleRatio = 2.5;
/** About five seconds. */
const idleFramesCount = 300;

/** Scrolls through all rows while readings arrive. */
export async function scroll(page: Page, fleet: SyntheticFleet, say: (line: string) => void): Promise<SectionReport> {
  say("scrolls through 10,000 rows ...");
  const idleMs = await idle(page);
  await page.bringToFront();
  const before = fleet.published;
  const { frameMs, checked, mistakes } = await page.evaluate(scrollThrough, { names: fleet.names, stepPx });
  for (const mistake of mistakes) say(mistake);
  const seconds = frameMs.reduce((total, ms) => total + ms, 0) / 1000;
  const p95Ms = quantile(frameMs, 0.95);
  return {
    title: "scroll",
    figures: [
      { what: "visible rows with a wrong text or none", value: mistakes.length, unit: "rows", atMost: 0 },
      { what: "p95 of a frame", value: p95Ms, unit: "ms", atMost: maxFrameMs },
      {
        what: "p95 of a frame, times that of an empty page",
        value: p95Ms / quantile(idleMs, 0.95),
        unit: "",
        atMost: maxIdleRatio,
      },
      { what: "p50 of a frame", value: quantile(frameMs, 0.5), unit: "ms" },
      { what: "p99 of a frame", value: quantile(frameMs, 0.99), unit: "ms" },
      { what: "longest frame", value: quantile(frameMs, 1), unit: "ms" },
      { what: "frames", value: frameMs.length, unit: "" },
      { what: "checked texts", value: checked, unit: "rows" },
      { what: "readings meanwhile", value: (fleet.published - before) / seconds, unit: "readings/s" },
    ],
  };
}

/** Frames of an empty page in the same browser. */
async function idle(page: Page): Promise<number[]> {
  const empty = await page.context().newPage();
  try {
    return await empty.evaluate(idleFrames, idleFramesCount);
  } finally {
    await empty.close();
  }
}
