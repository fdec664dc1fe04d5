import { setImmediate } from "node:timers/promises";
import client from "prom-client";
import { metricDefinitions } from "./definitions.ts";
import type { Figures } from "./figures.ts";

/** The type of the page, for the header `Content-Type`. */
export const pageType = client.Registry.PROMETHEUS_CONTENT_TYPE;

/** Samples that are written at once: they keep the main thread, which serves the lines, for less than a millisecond. */
const portion = 200;

/** Writes the metrics in the text format of Prometheus. */
export class Page {
  readonly #registry = new client.Registry();
  readonly #metrics = metricDefinitions.map(({ name, help, labels, type, samples }) => {
    const options = { name, help, labelNames: labels, registers: [this.#registry] };
    const metric = type === "counter" ? new client.Counter(options) : new client.Gauge(options);
    return { name, metric, labels, samples, type };
  });

  /** The page with these values. Other work is done meanwhile. */
  async text(figures: Figures): Promise<string> {
    let text = "";
    let written = 0;
    for (const { name, metric, labels: names, samples, type } of this.#metrics) {
      const all = samples(figures);
      for (let start = 0; start === 0 || start < all.length; start += portion) {
        metric.reset();
        // A metric without labels is 0 after the reset
        if (names.length === 0) metric.remove();
        for (const { labels, value } of all.slice(start, start + portion)) metric.inc(labels, value);
        const [help = "", , ...rows] = (await this.#registry.getSingleMetricAsString(name)).split("\n");
        // The summaries of prom-client compute their quantiles themselves, so these are gauges there
        const head = start === 0 ? [help, `# TYPE ${name} ${type}`] : [];
        text += [...head, ...rows, ""].join("\n");
        written += rows.length;
        if (written < portion) continue;
        written = 0;
        await setImmediate();
      }
    }
    return text;
  }
}
