import { errorText, type Log } from "../base/log.ts";
import type { Time } from "../base/time.ts";
import type { ServiceFigures } from "./figures.ts";
import type { ListenAddress, MetricsServer } from "./metrics_server.ts";

/** The page for Prometheus, on the address that is in force. Its code is loaded when there is an address. */
export class MetricsPage {
  readonly #figures: () => ServiceFigures;
  readonly #deps: { readonly log: Log; readonly time: Time };
  #address: ListenAddress | undefined;
  #server: MetricsServer | undefined;

  /** @param figures returns the present values */
  constructor(figures: () => ServiceFigures, deps: { readonly log: Log; readonly time: Time }) {
    this.#figures = figures;
    this.#deps = deps;
  }

  /** Provides the page there. Returns at once; an unchanged address stays open. @param address undefined: no page */
  listenOn(address: ListenAddress | undefined): void {
    if (address?.host === this.#address?.host && address?.port === this.#address?.port) return;
    this.#server?.close();
    this.#server = undefined;
    this.#address = address;
    if (address !== undefined) void this.#open(address);
  }

  /** Closes the page. */
  close(): void {
    this.listenOn(undefined);
  }

  /** Never rejects. */
  async #open(address: ListenAddress): Promise<void> {
    try {
      const { MetricsServer } = await import("./metrics_server.ts");
      if (this.#address !== address) return;
      this.#server = new MetricsServer(address, this.#figures, this.#deps);
    } catch (error) {
      this.#deps.log.error("Cannot load the code for metrics; the service runs without them", {
        reason: errorText(error),
      });
    }
  }
}
