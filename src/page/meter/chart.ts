import uPlot from "uplot";
import type { Formats } from "../shell/formats.ts";
import { html, useEffect, useRef, type VNode } from "../shell/html.ts";

/** A line of a chart. */
export interface ChartLine {
  readonly label: string;
  /** Name of a variable of the style sheet: `--accent`. */
  readonly colour: string;
  /** Lengths of strokes and gaps in pixels; so lines differ without colour. */
  readonly dash?: readonly number[];
  /** One for each time; null: no value. */
  readonly values: readonly (number | null)[];
}

/** Lines over time. */
export interface ChartProps {
  /** Describes the chart for screen readers. */
  readonly label: string;
  /** Name of the axis of time. */
  readonly timeLabel: string;
  /** In seconds since 1970. */
  readonly times: readonly number[];
  readonly lines: readonly ChartLine[];
  /** The shown period in seconds since 1970. */
  readonly period: readonly [from: number, to: number];
  readonly formats: Formats;
  /** A value with its unit. */
  readonly valueText: (value: number) => string;
}

const heightPx = 190;

/** See {@linkcode ChartProps}. It has the width of its place. */
export function Chart(props: ChartProps): VNode {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | undefined>(undefined);
  const latest = useRef(props);
  latest.current = props;
  const { label, lines, times, period } = props;
  const shape = lines.map(({ label }) => label).join("|");
  useEffect(() => {
    const { current } = place;
    if (current === null) return;
    const draw = () => {
      plot.current?.destroy();
      plot.current = new uPlot(optionsOf(latest, current), dataOf(latest.current), current);
    };
    draw();
    const resized = new ResizeObserver(() => plot.current?.setSize({ width: current.clientWidth, height: heightPx }));
    resized.observe(current);
    // The colours of lines and axes are painted, so they do not follow the style sheet
    const recoloured = new MutationObserver(draw);
    recoloured.observe(document.documentElement, { attributeFilter: ["data-colours"] });
    const system = matchMedia("(prefers-color-scheme: dark)");
    system.addEventListener("change", draw);
    return () => {
      resized.disconnect();
      recoloured.disconnect();
      system.removeEventListener("change", draw);
      plot.current?.destroy();
      plot.current = undefined;
    };
  }, [shape, props.formats]);
  useEffect(() => {
    plot.current?.setData(dataOf(props), false);
    plot.current?.setScale("x", { min: period[0], max: period[1] });
  }, [times, lines, period[0], period[1]]);
  return html`<div class="chart" role="img" aria-label=${label} ref=${place}></div>`;
}

function dataOf({ times, lines }: ChartProps): uPlot.AlignedData {
  return [[...times], ...lines.map(({ values }) => [...values])];
}

function optionsOf(latest: { readonly current: ChartProps }, place: HTMLElement): uPlot.Options {
  const { fontFamily } = getComputedStyle(place);
  const colour = (name: string) => paintedColour(place, name);
  const { lines, timeLabel, period, formats } = latest.current;
  const axis = {
    stroke: colour("--quiet"),
    grid: { stroke: colour("--line"), width: 1 },
    ticks: { stroke: colour("--line"), width: 1 },
    font: `12px ${fontFamily}`,
  };
  return {
    width: place.clientWidth,
    height: heightPx,
    scales: { x: { time: true, auto: false, min: period[0], max: period[1] } },
    cursor: { y: false, drag: { x: false, y: false } },
    axes: [
      { ...axis, values: (_, splits) => splits.map((seconds) => formats.clock(seconds * 1000)) },
      { ...axis, size: 74, values: (_, splits) => splits.map((value) => latest.current.valueText(value)) },
    ],
    series: [
      { label: timeLabel, value: (_, seconds) => seconds === null ? "" : formats.time(seconds * 1000) },
      ...lines.map(({ label, colour: name, dash }) => ({
        label,
        stroke: colour(name),
        width: 1.5,
        ...(dash === undefined ? {} : { dash: [...dash] }),
        points: { show: false },
        value: (_: uPlot, value: number | null) => value === null ? "" : latest.current.valueText(value),
      })),
    ],
  };
}

/** The colour of a variable as a canvas accepts it: a variable itself may depend on the colours of the system. */
function paintedColour(place: HTMLElement, variable: string): string {
  const probe = document.createElement("span");
  probe.style.color = `var(${variable})`;
  place.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}
