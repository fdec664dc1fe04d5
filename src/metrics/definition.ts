import type { LineReport } from "../contract/mod.ts";
import { type ExchangeErrorKind, exchangeErrorKinds, type ExchangeStats } from "../line/mod.ts";
import type { Figures } from "./figures.ts";

/** One value of a metric. */
export interface Sample {
  /** By name of the label. */
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** One metric: its names, its meaning, and where its values come from. */
export interface MetricDefinition {
  /** Name on the Prometheus page. */
  readonly name: string;
  /** Name in OpenTelemetry. */
  readonly openTelemetryName: string;
  /** A counter only increases, until the service is started again. A summary has the label `quantile`. */
  readonly type: "gauge" | "counter" | "summary";
  /** What it is. */
  readonly help: string;
  /**
   * Unit in OpenTelemetry: `s`, `{record}` for a number of records, empty for 1 and 0. `1` is a ratio: exporters to
   * Prometheus append `_ratio` to the name.
   */
  readonly unit: string;
  /** Names of its labels. Each label has a bounded number of values. */
  readonly labels: readonly string[];
  /** What a value is multiplied with for OpenTelemetry. @default 1 */
  readonly openTelemetryFactor?: number;
  /** The present samples. A value that is not known has no sample. */
  readonly samples: (figures: Figures) => readonly Sample[];
}

export const one = (value: number | undefined, labels: Sample["labels"] = {}): Sample[] =>
  value === undefined ? [] : [{ labels, value }];
export const bit = (value: boolean | undefined): number | undefined => value === undefined ? undefined : Number(value);
export const seconds = (ms: number | undefined): number | undefined => ms === undefined ? undefined : ms / 1000;

type Quantiles = { readonly p50: number; readonly p99: number } | undefined;

export const quantiles = (ms: Quantiles, labels: Sample["labels"] = {}): Sample[] =>
  ms === undefined ? [] : [
    { labels: { ...labels, quantile: "0.5" }, value: ms.p50 / 1000 },
    { labels: { ...labels, quantile: "0.99" }, value: ms.p99 / 1000 },
  ];

/** One sample for each fault that the code knows: 1 while it is raised, else 0. */
export function faultSamples(
  kinds: Readonly<Record<string, { readonly severity: string }>>,
  active: readonly string[],
  labels: Sample["labels"] = {},
): Sample[] {
  return Object.entries(kinds).map(([fault, { severity }]) => ({
    labels: { ...labels, fault, severity },
    value: Number(active.includes(fault)),
  }));
}

export function errorSamples({ errorsByKind }: ExchangeStats, labels: Sample["labels"]): Sample[] {
  return exchangeErrorKinds.map((kind: ExchangeErrorKind) => ({
    labels: { ...labels, kind },
    value: errorsByKind[kind],
  }));
}

type Samples<T, L extends string> = (of: T, labels: Record<L, string>) => readonly Sample[];
type MeterStats = LineReport["meters"][number];

/** Samples of each line. */
export function perLine(samples: Samples<LineReport, "line">): MetricDefinition["samples"] {
  return ({ lines }) => lines.flatMap((line) => samples(line, { line: line.name }));
}

/** Samples of the values of each meter. */
export function perMeter(samples: Samples<Figures["meters"][number], "meter" | "line">): MetricDefinition["samples"] {
  return ({ meters }) => meters.flatMap((meter) => samples(meter, { meter: meter.name, line: meter.line }));
}

/** Samples of the exchanges with each meter. */
export function perMeterStats(samples: Samples<MeterStats, "meter" | "line">): MetricDefinition["samples"] {
  return ({ lines }) =>
    lines.flatMap(({ name, meters }) => meters.flatMap((meter) => samples(meter, { meter: meter.name, line: name })));
}

/** Describes a metric. Its name in OpenTelemetry has neither the unit nor `_total`. */
export const metric = (
  type: MetricDefinition["type"],
  [name, openTelemetryName]: readonly [string, string],
  help: string,
  unit: string,
  labels: readonly string[],
  samples: MetricDefinition["samples"],
  openTelemetryFactor = 1,
): MetricDefinition => ({ name, openTelemetryName, type, help, unit, labels, samples, openTelemetryFactor });
