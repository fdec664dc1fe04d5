import type { PowermeterPayload } from "../../contract/mod.ts";
import type { HistoryPoint, MeterHistory } from "../../view/mod.ts";
import { timestamp } from "../../base/time.ts";
import { useFormats } from "../shell/formats.ts";
import { html, useEffect, useMemo, useRef, useState, type VNode } from "../shell/html.ts";
import { useTexts } from "../shell/language.ts";
import { type Loaded, useLoaded } from "../shell/loaded.ts";
import { Notice } from "../shell/notice.ts";
import { useRouter } from "../shell/router.ts";
import { useServer } from "../shell/server.ts";
import { useFleet, useNow } from "../shell/use_fleet.ts";
import { meterTexts } from "../texts/meter.ts";
import { withLatest } from "./chart_series.ts";
import { HistoryCharts } from "./history_charts.ts";
import { meterPath } from "../shell/meter_path.ts";
import { type Period, periodMs, periods } from "./period.ts";

/** What the history shows. */
export interface HistoryPanelProps {
  readonly site: string;
  readonly meter: string;
  readonly period: Period;
  /** The last reading, which continues the chart. */
  readonly reading: PowermeterPayload | undefined;
}

/** Points of a chart; the server returns no more. */
const maxPoints = 1_500;

/** Power and voltage over the last hour or day: from the stream, continued by the live readings. */
export function HistoryPanel({ site, meter, period, reading }: HistoryPanelProps): VNode {
  const t = useTexts(meterTexts);
  const formats = useFormats();
  const { setQuery } = useRouter();
  const nowMs = useNow();
  const lengthMs = periodMs[period];
  const history = useHistory(site, meter, lengthMs, nowMs);
  const points = useContinued(history.value, reading, lengthMs / maxPoints, nowMs - lengthMs);
  const names: Readonly<Record<Period, string>> = { hour: t.hour, day: t.day };
  return html`<section class="panel history" aria-label=${t.history}>
    <div class="panel-head"><h2>${t.history}</h2>
      <div class="choices no-print" role="group" aria-label=${t.period}>${
    periods.map((name) =>
      html`
        <button key=${name} type="button" class="choice" aria-pressed=${name === period ? "true" : "false"}
          onClick=${() => setQuery({ period: name === "hour" ? undefined : name })}>${names[name]}</button>
      `
    )
  }</div></div>
    ${history.error === undefined ? null : html`<${Notice} tone="warning" title=${history.error.message} />`}
    ${history.value?.isComplete === false ? html`<${Notice} tone="info" title=${t.historyIncomplete} />` : null}
    ${
    points.length > 0
      ? html`<${HistoryCharts} points=${points} toMs=${nowMs} lengthMs=${lengthMs} formats=${formats} />`
      : html`<p class="quiet" role="status">${history.isLoading ? t.historyLoading : t.noHistory}</p>`
  }
  </section>`;
}

/** The history from the server: read again after each interruption, so that the gap is filled. */
function useHistory(site: string, meter: string, lengthMs: number, nowMs: number): Loaded<MeterHistory> {
  const server = useServer();
  const { state, lostSinceMs } = useFleet();
  const isLive = lostSinceMs === undefined && state.connection?.connected !== false;
  const lives = useRef({ isLive, count: 0 });
  if (isLive && !lives.current.isLive) lives.current.count++;
  lives.current.isLive = isLive;
  return useLoaded((signal) => {
    const query = new URLSearchParams({ from: timestamp(nowMs - lengthMs), to: timestamp(nowMs) });
    return server.get<MeterHistory>(`/api${meterPath(site, meter, "meters")}/history?${query}`, signal);
  }, [server, site, meter, lengthMs, lives.current.count]);
}

/** The points of the history with the live readings after it. */
function useContinued(
  history: MeterHistory | undefined,
  reading: PowermeterPayload | undefined,
  stepMs: number,
  fromMs: number,
): readonly HistoryPoint[] {
  const [live, setLive] = useState<readonly HistoryPoint[]>([]);
  const at = reading?.timestamp;
  useEffect(() => {
    if (reading !== undefined) setLive((points) => withLatest(points, pointOf(reading), { fromMs, stepMs }));
  }, [at]);
  return useMemo(() => {
    const stored = history?.points ?? [];
    const endMs = stored.at(-1)?.at ?? -Infinity;
    return [...stored, ...live.filter(({ at }) => at > endMs)].filter(({ at }) => at >= fromMs);
  }, [history, live, fromMs]);
}

function pointOf({ timestamp, power_W: power, voltage_V: voltageV }: PowermeterPayload): HistoryPoint {
  return {
    at: Date.parse(timestamp),
    ...(power?.total === undefined ? {} : { powerW: power.total }),
    ...(voltageV === undefined ? {} : { voltageV: voltageV as NonNullable<HistoryPoint["voltageV"]> }),
  };
}
