import { metrics, type Observable } from "@opentelemetry/api";
import { systemTime } from "../base/time.ts";
import { version } from "../base/version.ts";
import { metricDefinitions } from "./definitions.ts";
import type { ServiceFigures } from "./figures.ts";
import { LoopDelay } from "./loop_delay.ts";

/**
 * Registers all metrics with OpenTelemetry. Their values are read only for an export; Deno exports them if `OTEL_DENO`
 * is set. Deno takes the attributes of the resource only from the environment, so each value has the attribute `site`.
 *
 * @param figures returns the present values
 * @returns removes the registration
 */
export function registerMetrics(site: string, figures: () => ServiceFigures): () => void {
  const source = metrics.getMeter("wattseal", version);
  const delay = new LoopDelay(systemTime);
  const instruments = metricDefinitions.map((definition) => {
    const { openTelemetryName: name, help: description, unit, type } = definition;
    const options = { description, unit };
    const observable: Observable = type === "counter"
      ? source.createObservableCounter(name, options)
      : source.createObservableGauge(name, options);
    return { ...definition, observable };
  });
  const observe: Parameters<typeof source.addBatchObservableCallback>[0] = (result) => {
    const now = { ...figures(), loopDelayMs: delay.quantiles };
    for (const { observable, samples, openTelemetryFactor = 1 } of instruments) {
      for (const { labels, value } of samples(now)) {
        result.observe(observable, value * openTelemetryFactor, { ...labels, site });
      }
    }
  };
  const observables = instruments.map(({ observable }) => observable);
  source.addBatchObservableCallback(observe, observables);
  return () => {
    source.removeBatchObservableCallback(observe, observables);
    delay.close();
  };
}
