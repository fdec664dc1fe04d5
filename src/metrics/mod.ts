/**
 * The metrics of the service: one table of definitions, the page for Prometheus, and OpenTelemetry. The code is only
 * loaded when it is used.
 *
 * @module
 */
import type { ServiceFigures } from "./figures.ts";

export type { ServiceFigures } from "./figures.ts";
export { loadMetricsCode, MetricsPage } from "./metrics_page.ts";

/** Registers the metrics with OpenTelemetry. @returns removes the registration */
export async function exportMetrics(site: string, figures: () => ServiceFigures): Promise<() => void> {
  const { registerMetrics } = await import("./open_telemetry.ts");
  return registerMetrics(site, figures);
}
