import { errorText, type Log } from "../base/log.ts";
import { ProblemLog } from "../base/problem_log.ts";
import type { Time } from "../base/time.ts";
import type { ServiceFigures } from "./figures.ts";
import { LoopDelay } from "./loop_delay.ts";
import { Page } from "./page.ts";

/** A page that is not older is sent again. */
const freshMs = 1_000;

/** Makes the page from the present values, at most once a second. */
export class PageSource {
  readonly #figures: () => ServiceFigures;
  readonly #time: Time;
  readonly #page = new Page();
  readonly #delay: LoopDelay;
  readonly #reading: ProblemLog;
  #fresh: { readonly text: Promise<string>; readonly untilMs: number } | undefined;

  /** Measures the delays of the event loop until `close`. @param figures returns the present values */
  constructor(figures: () => ServiceFigures, { log, time }: { readonly log: Log; readonly time: Time }) {
    this.#figures = figures;
    this.#time = time;
    this.#delay = new LoopDelay(time);
    this.#reading = new ProblemLog(log, time, "error");
  }

  /** @returns undefined if the values cannot be read */
  async text(): Promise<string | undefined> {
    const nowMs = this.#time.mono();
    try {
      if (this.#fresh === undefined || nowMs >= this.#fresh.untilMs) {
        const figures = { ...this.#figures(), loopDelayMs: this.#delay.quantiles };
        this.#fresh = { text: this.#page.text(figures), untilMs: nowMs + freshMs };
      }
      const text = await this.#fresh.text;
      this.#reading.over("The values of the metrics can be read again");
      return text;
    } catch (error) {
      this.#fresh = undefined;
      this.#reading.failed("Cannot read the values of the metrics", { reason: errorText(error) });
      return undefined;
    }
  }

  close(): void {
    this.#delay.close();
  }
}
