import { systemTime } from "../../../src/base/time.ts";
import { type MetricsPage, readPage } from "../metrics_page.ts";
import type { IsExpected } from "./expectations.ts";

/** The service makes a page at most once a second. */
const betweenPagesMs = 1_100;
/** Some values of the page are up to 5 s old. */
const stateMs = 6_000;
const timeoutMs = 60_000;

/** The page of a running service, read as a Prometheus server reads it. */
export class ScrapedPage {
  readonly #address: string;

  /** @param address `metrics.listen` of the configuration */
  constructor(address: string) {
    this.#address = address;
  }

  /** The page now; undefined: the service does not answer. */
  now(): Promise<MetricsPage | undefined> {
    return readPage(this.#address);
  }

  /** The pages of some seconds: the state of the service, for `Timeline`. @param meanwhile called after each page */
  async state(meanwhile = () => {}): Promise<(MetricsPage | undefined)[]> {
    const pages = [await this.now()];
    while (pages.length < 1 + stateMs / betweenPagesMs) {
      meanwhile();
      await systemTime.sleep(betweenPagesMs);
      pages.push(await this.now());
    }
    return pages;
  }

  /**
   * Reads the page until all conditions hold at the same time.
   *
   * @returns the page
   * @throws {Error} they do not hold in time; it has the last values
   */
  async until(...conditions: IsExpected[]): Promise<MetricsPage> {
    const endMs = systemTime.mono() + timeoutMs;
    for (let page = await this.now();; page = await this.now()) {
      const values: MetricsPage["values"] = page?.values ?? new Map();
      if (page !== undefined && conditions.every((holds) => holds(values))) return page;
      if (systemTime.mono() > endMs) {
        const present = [...values].filter(([series, value]) => value !== 0 && /_state|_fault|_total/.test(series));
        throw new Error(`after ${timeoutMs} ms, the page is not as expected: ${JSON.stringify(present)}`);
      }
      await systemTime.sleep(100);
    }
  }
}
