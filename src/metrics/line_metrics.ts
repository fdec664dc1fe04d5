import { errorSamples, metric, type MetricDefinition, one, perLine, quantiles } from "./definition.ts";

/** The metrics of each line. */
export const lineMetrics: readonly MetricDefinition[] = [
  metric(
    "gauge",
    ["wattseal_line_open", "wattseal.line.open"],
    "1 while the line is open, else 0",
    "",
    ["line"],
    perLine(({ state }, labels) => one(Number(state === "open"), labels)),
  ),
  metric(
    "gauge",
    ["wattseal_line_utilisation_ratio", "wattseal.line.utilisation"],
    "Share of the last ten seconds in which the line was busy",
    "1",
    ["line"],
    perLine(({ utilisation }, labels) => one(utilisation, labels)),
  ),
  metric(
    "counter",
    ["wattseal_line_exchanges_total", "wattseal.line.exchanges"],
    "Requests on the line",
    "{request}",
    ["line"],
    perLine(({ exchanges }, labels) => one(exchanges, labels)),
  ),
  metric(
    "counter",
    ["wattseal_line_errors_total", "wattseal.line.errors"],
    "Failed requests on the line, by kind",
    "{request}",
    ["line", "kind"],
    perLine(errorSamples),
  ),
  metric(
    "summary",
    ["wattseal_line_latency_seconds", "wattseal.line.latency"],
    "Time from a request to the end of its answer, by quantile of about the last thousand answers",
    "ms",
    ["line", "quantile"],
    perLine(({ latencyMs }, labels) => quantiles(latencyMs, labels)),
    1000,
  ),
];
