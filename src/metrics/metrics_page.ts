import { errorText, type Log } from "../base/log.ts";
import type { Time } from "../base/time.ts";
import type { ServiceFigures } from "./figures.ts";
import type { ListenAddress } from "./listen_address.ts";
import type { MetricsServer } from "./metrics_server.ts";

/** Loads the code of the page. Otherwise it is loaded when there is an address. */
export function loadMetricsCode(): Promise<typeof import("./metrics_server.ts")> {
  return import("./metrics_server.ts");
}

/** The page for Prometheus, on the address that is in force. */
export class MetricsPage {
  readonly #figures: () => ServiceFigures;
  readonly #deps: { readonly log: Log; readonly time: Time };
  #wanted: ListenAddress | undefined;
  #server: MetricsServer | undefined;

  /** @param figures returns the present values */
  constructor(figures: () => ServiceFigures, deps: { readonly log: Log; readonly time: Time }) {
    this.#figures = figures;
    this.#deps = deps;
  }

  /**
   * Provides the page there. An unchanged address stays open. An address that cannot be used is retried, and the
   * page stays where it was meanwhile. Never rejects.
   *
   * @param address undefined: no page
   * @returns why the page is not there yet
   */
  async listenOn(address: ListenAddress | undefined): Promise<string[]> {
    this.#wanted = address;
    if (address === undefined) {
      await this.close();
      return [];
    }
    try {
      const { MetricsServer } = await loadMetricsCode();
      if (this.#wanted !== address) return [];
      this.#server ??= new MetricsServer(this.#figures, this.#deps);
      const problem = await this.#server.moveTo(address);
      return problem === undefined ? [] : [problem];
    } catch (error) {
      const problem = "Cannot load the code for metrics; the service runs without them";
      this.#deps.log.error(problem, { reason: errorText(error) });
      return [`${problem}: ${errorText(error)}`];
    }
  }

  /** Closes the page. Never rejects. */
  async close(): Promise<void> {
    this.#wanted = undefined;
    const server = this.#server;
    this.#server = undefined;
    await server?.close();
  }
}
