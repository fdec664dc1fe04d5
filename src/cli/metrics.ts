import { metrics } from "@opentelemetry/api";
import type { ExchangeStats } from "../line/mod.ts";
import { version } from "../base/version.ts";
import type { LineReport } from "../contract/mod.ts";

/**
 * Registers the statistics of lines and meters as OpenTelemetry metrics. They are read only for an export; Deno exports
 * them if `OTEL_DENO` is set.
 *
 * @param reports returns the current statistics
 * @returns removes the registration
 */
export function registerMetrics(reports: () => readonly LineReport[]): () => void {
  const source = metrics.getMeter("wattseal", version);
  const counter = (name: string, description: string) => source.createObservableCounter(name, { description });
  const gauge = (name: string, description: string, unit: string) =>
    source.createObservableGauge(name, { description, unit });
  const utilisation = gauge(
    "wattseal.line.utilisation",
    "Share of the last ten seconds in which the line was busy",
    "1",
  );
  const open = gauge("wattseal.line.open", "1 while the line is open, else 0", "1");
  const skipped = counter("wattseal.meter.skipped_readings", "Readings skipped because the line was busy");
  const instrumentsOf = (what: "line" | "meter") => ({
    exchanges: counter(`wattseal.${what}.exchanges`, "Requests sent"),
    errors: counter(`wattseal.${what}.errors`, "Failed exchanges, by kind"),
    latency: gauge(`wattseal.${what}.latency`, "Time from a request to the end of its answer, by quantile", "ms"),
  });
  const [line, meter] = [instrumentsOf("line"), instrumentsOf("meter")];
  const instruments = [utilisation, open, skipped, ...Object.values(line), ...Object.values(meter)];

  const observe: Parameters<typeof source.addBatchObservableCallback>[0] = (result) => {
    const observeExchanges = (into: typeof line, stats: ExchangeStats, where: Record<string, string>) => {
      result.observe(into.exchanges, stats.exchanges, where);
      for (const [kind, count] of Object.entries(stats.errorsByKind)) {
        result.observe(into.errors, count, { ...where, kind });
      }
      if (stats.latencyMs === undefined) return;
      result.observe(into.latency, stats.latencyMs.p50, { ...where, quantile: "0.5" });
      result.observe(into.latency, stats.latencyMs.p99, { ...where, quantile: "0.99" });
    };
    for (const report of reports()) {
      const where = { line: report.name };
      result.observe(utilisation, report.utilisation, where);
      result.observe(open, report.state === "open" ? 1 : 0, where);
      observeExchanges(line, report, where);
      for (const each of report.meters) {
        const at = { ...where, meter: each.name };
        observeExchanges(meter, each, at);
        result.observe(skipped, each.skippedReadings, at);
      }
    }
  };
  source.addBatchObservableCallback(observe, instruments);
  return () => source.removeBatchObservableCallback(observe, instruments);
}
