import type { MetricDefinition } from "./definition.ts";
import { lineMetrics } from "./line_metrics.ts";
import { meterMetrics } from "./meter_metrics.ts";
import { nodeMetrics } from "./node_metrics.ts";

/** Every metric. The Prometheus page and OpenTelemetry are made from this table, and a test compares docs/metrics.md. */
export const metricDefinitions: readonly MetricDefinition[] = [...nodeMetrics, ...meterMetrics, ...lineMetrics];
