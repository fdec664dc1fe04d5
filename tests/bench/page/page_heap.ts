import type { CDPSession, Page } from "playwright-core";

/** The JavaScript heap of a page. */
export class PageHeap {
  readonly #session: CDPSession;

  private constructor(session: CDPSession) {
    this.#session = session;
  }

  /** Connects to the page. */
  static async of(page: Page): Promise<PageHeap> {
    return new PageHeap(await page.context().newCDPSession(page));
  }

  /** The used heap after a forced collection, in MB. */
  async usedMb(): Promise<number> {
    await this.#session.send("HeapProfiler.collectGarbage");
    const { usedSize } = await this.#session.send("Runtime.getHeapUsage");
    return usedSize / 1e6;
  }
}
