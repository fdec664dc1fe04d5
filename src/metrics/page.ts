import client from "prom-client";
import { metricDefinitions } from "./definitions.ts";
import type { Figures } from "./figures.ts";

/** The type of the page, for the header `Content-Type`. */
export const pageType = client.Registry.PROMETHEUS_CONTENT_TYPE;

const summaries = new Set(metricDefinitions.filter(({ type }) => type === "summary").map(({ name }) => name));

/** Writes the metrics in the text format of Prometheus. */
export class Page {
  readonly #registry = new client.Registry();
  readonly #metrics = metricDefinitions.map(({ name, help, labels, type, samples }) => {
    const options = { name, help, labelNames: labels, registers: [this.#registry] };
    const metric = type === "counter" ? new client.Counter(options) : new client.Gauge(options);
    return { metric, labels, samples };
  });

  /** The page with these values. */
  async text(figures: Figures): Promise<string> {
    for (const { metric, labels: names, samples } of this.#metrics) {
      metric.reset();
      // A metric without labels is 0 after the reset
      if (names.length === 0) metric.remove();
      for (const { labels, value } of samples(figures)) metric.inc(labels, value);
    }
    // The summaries of prom-client compute their quantiles themselves
    const text = await this.#registry.metrics();
    return text.replace(/^# TYPE (\S+) gauge$/gm, (row, name) => summaries.has(name) ? `# TYPE ${name} summary` : row);
  }
}
