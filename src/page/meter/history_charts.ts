import { minuteMs } from "../../base/time.ts";
import type { HistoryPoint } from "../../view/mod.ts";
import type { Formats } from "../shell/formats.ts";
import { html, useMemo, type VNode } from "../shell/html.ts";
import { useTexts } from "../shell/language.ts";
import { meterTexts } from "../texts/meter.ts";
import { Chart, type ChartLine } from "./chart.ts";
import { chartSeries, phases, rangeOf } from "./chart_series.ts";

/** Strokes and gaps of the voltages. */
const styles = [
  { colour: "--chart-1", dash: [] },
  { colour: "--chart-2", dash: [6, 3] },
  { colour: "--chart-3", dash: [2, 3] },
] as const;

/** The charts of power and of voltage, each with its range as a text. */
export function HistoryCharts({ points, toMs, lengthMs, formats }: {
  readonly points: readonly HistoryPoint[];
  /** End of the period, in milliseconds since 1970. */
  readonly toMs: number;
  /** Length of the period. */
  readonly lengthMs: number;
  readonly formats: Formats;
}): VNode {
  const t = useTexts(meterTexts);
  const { times, power, voltage } = useMemo(() => {
    const { times, powerW, voltageV } = chartSeries(points, gapOf(lengthMs));
    const lines = phases.map((phase, index): ChartLine => ({
      label: phase,
      colour: styles[index]?.colour ?? "--accent",
      dash: styles[index]?.dash ?? [],
      values: voltageV[index] ?? [],
    }));
    return {
      times,
      power: [{ label: t.power, colour: "--accent", values: powerW }],
      voltage: lines.filter(({ values }) => values.some((value) => value !== null)),
    };
  }, [points, lengthMs, t]);
  const shared = { timeLabel: t.time, times, period: [(toMs - lengthMs) / 1000, toMs / 1000], formats };
  const watts = (value: number) => formats.power(value);
  const volts = (value: number) => formats.value(value, "V", 1);
  const powerRange = rangeText(power, watts, t.range);
  const voltageRange = rangeText(voltage, volts, t.range);
  return html`<div class="charts">
    <figure><figcaption><span>${t.power}</span> <span class="quiet">${powerRange}</span></figcaption>
      <${Chart} ...${shared} label="${t.power}: ${powerRange}" lines=${power} valueText=${watts} /></figure>
    ${
    voltage.length === 0 ? null : html`
      <figure>
        <figcaption><span>${t.voltage}</span> <span class="quiet">${voltageRange}</span></figcaption>
        <${Chart} ...${shared} label="${t.voltage}: ${voltageRange}" lines=${voltage} valueText=${volts} />
      </figure>
    `
  }
  </div>`;
}

/** Readings that come more rarely than once a minute leave gaps in the chart of an hour. */
function gapOf(lengthMs: number): number {
  return Math.max(1.5 * minuteMs, lengthMs / 200);
}

function rangeText(
  lines: readonly ChartLine[],
  valueText: (value: number) => string,
  text: (min: string, mean: string, max: string) => string,
): string {
  const range = rangeOf(lines.flatMap(({ values }) => values));
  return range === undefined ? "" : text(valueText(range.min), valueText(range.mean), valueText(range.max));
}
