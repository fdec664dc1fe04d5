import { faultKinds } from "../meter/mod.ts";
import {
  bit,
  errorSamples,
  faultSamples,
  metric,
  type MetricDefinition,
  one,
  perMeter,
  perMeterStats,
  quantiles,
  seconds,
} from "./definition.ts";

const states = ["connecting", "online", "offline", "stopped"] as const;
const ofMeter = ["meter", "line"];

/** The metrics of each meter. */
export const meterMetrics: readonly MetricDefinition[] = [
  metric(
    "gauge",
    ["wattseal_meter_state", "wattseal.meter.state"],
    "1 for the present state of the meter, 0 for the others",
    "",
    [...ofMeter, "state"],
    perMeter(({ state }, labels) =>
      states.map((each) => ({ labels: { ...labels, state: each }, value: Number(each === state) }))
    ),
  ),
  metric(
    "gauge",
    ["wattseal_meter_power_watts", "wattseal.meter.power"],
    "Active power of the last reading, negative: to the grid; absent while the meter is not online",
    "W",
    ofMeter,
    perMeter(({ powerW }, labels) => one(powerW, labels)),
  ),
  metric(
    "gauge",
    ["wattseal_meter_energy_import_watthours", "wattseal.meter.energy_import"],
    "Energy from the grid since the production of the meter, as last read",
    "Wh",
    ofMeter,
    perMeter(({ energyImportWh }, labels) => one(energyImportWh, labels)),
  ),
  metric(
    "gauge",
    ["wattseal_meter_energy_export_watthours", "wattseal.meter.energy_export"],
    "Energy to the grid since the production of the meter, as last read",
    "Wh",
    ofMeter,
    perMeter(({ energyExportWh }, labels) => one(energyExportWh, labels)),
  ),
  metric(
    "gauge",
    ["wattseal_meter_reading_age_seconds", "wattseal.meter.reading_age"],
    "Time since the last reading; absent before the first one",
    "s",
    ofMeter,
    perMeter(({ readingAgeMs }, labels) => one(seconds(readingAgeMs), labels)),
  ),
  metric(
    "gauge",
    ["wattseal_meter_transaction_open", "wattseal.meter.transaction_open"],
    "1 while a transaction is open, else 0",
    "",
    ofMeter,
    perMeter(({ isTransactionOpen }, labels) => one(bit(isTransactionOpen), labels)),
  ),
  metric(
    "gauge",
    ["wattseal_meter_transaction_age_seconds", "wattseal.meter.transaction_age"],
    "Time since the begin of the open transaction; absent: there is none",
    "s",
    ofMeter,
    perMeter(({ transactionAgeMs }, labels) => one(seconds(transactionAgeMs), labels)),
  ),
  metric(
    "gauge",
    ["wattseal_meter_fault_active", "wattseal.meter.fault_active"],
    "1 while the fault of the meter is raised, else 0",
    "",
    [...ofMeter, "fault", "severity"],
    perMeter(({ faults }, labels) => faultSamples(faultKinds, faults, labels)),
  ),
  metric(
    "counter",
    ["wattseal_meter_exchanges_total", "wattseal.meter.exchanges"],
    "Requests to the meter",
    "{request}",
    ofMeter,
    perMeterStats(({ exchanges }, labels) => one(exchanges, labels)),
  ),
  metric(
    "counter",
    ["wattseal_meter_errors_total", "wattseal.meter.errors"],
    "Failed requests to the meter, by kind",
    "{request}",
    [...ofMeter, "kind"],
    perMeterStats(errorSamples),
  ),
  metric(
    "summary",
    ["wattseal_meter_latency_seconds", "wattseal.meter.latency"],
    "Time from a request to the end of its answer, by quantile of about the last thousand answers",
    "ms",
    [...ofMeter, "quantile"],
    perMeterStats(({ latencyMs }, labels) => quantiles(latencyMs, labels)),
    1000,
  ),
  metric(
    "counter",
    ["wattseal_meter_skipped_readings_total", "wattseal.meter.skipped_readings"],
    "Readings skipped because the line was busy",
    "{reading}",
    ofMeter,
    perMeterStats(({ skippedReadings }, labels) => one(skippedReadings, labels)),
  ),
];
