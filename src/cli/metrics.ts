import { metrics } from "@opentelemetry/api";
import type { ExchangeStats } from "../line/mod.ts";
import { version } from "../base/version.ts";
import type { LineReport } from "../contract/mod.ts";

/**
 * Offers the figures of lines and meters as OpenTelemetry metrics. They are asked for when an export is due and cost
 * nothing in between; Deno exports them where `OTEL_DENO` is on.
 *
 * @param reports the figures as they are now
 * @returns takes the offer back
 */
export function offerMetrics(reports: () => readonly LineReport[]): () => void {
  const source = metrics.getMeter("wattseal", version);
  const counter = (name: string, description: string) => source.createObservableCounter(name, { description });
  const gauge = (name: string, description: string, unit: string) =>
    source.createObservableGauge(name, { description, unit });
  const utilisation = gauge("wattseal.line.utilisation", "Share of the last ten seconds spent in exchanges", "1");
  const open = gauge("wattseal.line.open", "1 while exchanges are possible, else 0", "1");
  const skipped = counter("wattseal.meter.skipped_readings", "Readings that the line had no time for");
  const of = (what: "line" | "meter") => ({
    exchanges: counter(`wattseal.${what}.exchanges`, "Requests on the wire"),
    errors: counter(`wattseal.${what}.errors`, "Exchanges that went wrong, by kind"),
    latency: gauge(`wattseal.${what}.latency`, "From a request to the end of its answer, by quantile", "ms"),
  });
  const [line, meter] = [of("line"), of("meter")];
  const instruments = [utilisation, open, skipped, ...Object.values(line), ...Object.values(meter)];

  const observe: Parameters<typeof source.addBatchObservableCallback>[0] = (result) => {
    const exchanges = (into: typeof line, stats: ExchangeStats, where: Record<string, string>) => {
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
      exchanges(line, report, where);
      for (const each of report.meters) {
        const at = { ...where, meter: each.name };
        exchanges(meter, each, at);
        result.observe(skipped, each.skippedReadings, at);
      }
    }
  };
  source.addBatchObservableCallback(observe, instruments);
  return () => source.removeBatchObservableCallback(observe, instruments);
}
