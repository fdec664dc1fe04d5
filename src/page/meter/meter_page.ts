import type { MeterDetail, MeterRow } from "../../view/mod.ts";
import { FaultItem } from "../faults/fault_item.ts";
import { useFaultAdvice } from "../faults/use_fault_advice.ts";
import { stateTone } from "../fleet/meter_state.ts";
import { Badge } from "../shell/badge.ts";
import { useFormats } from "../shell/formats.ts";
import { html, type VNode } from "../shell/html.ts";
import { useTexts } from "../shell/language.ts";
import type { Loaded } from "../shell/loaded.ts";
import { Notice } from "../shell/notice.ts";
import type { Page, PageProps } from "../shell/page.ts";
import { usePolled } from "../shell/polled.ts";
import { useRouter } from "../shell/router.ts";
import { type ServerError, useServer } from "../shell/server.ts";
import { useFleet, useNow } from "../shell/use_fleet.ts";
import { meterTexts } from "../texts/meter.ts";
import { stateTexts } from "../texts/states.ts";
import { HistoryPanel } from "./history_panel.ts";
import { IdentityPanel } from "./identity_panel.ts";
import { LinePanel } from "./line_panel.ts";
import { meterPath } from "../shell/meter_path.ts";
import { NowPanel } from "./now_panel.ts";
import { periodOf } from "./period.ts";
import { ValuesPanel } from "./values_panel.ts";

/** Meters are read about once a second. */
const livePollMs = 1_000;
/** While nothing changes, because the server has no connection to NATS. */
const lostPollMs = 10_000;

/** Everything about one meter, live. */
function MeterPage({ params: { site = "", meter = "" }, query }: PageProps): VNode {
  const { href } = useRouter();
  const server = useServer();
  const { state } = useFleet();
  const detail = usePolled(
    (signal) => server.get<MeterDetail>(`/api${meterPath(site, meter, "meters")}`, signal),
    state.connection?.connected === false ? lostPollMs : livePollMs,
    [server, site, meter],
  );
  const row = state.meter(site, meter) ?? detail.value?.row;
  return html`<div class="meter">
    <div class="title"><h1 tabindex="-1">${meter}</h1>
      <a href=${href("/fleet", { site })}>${site}</a>
      ${row === undefined ? null : html`<${StateOf} row=${row} />`}</div>
    ${
    row === undefined
      ? html`<${Missing} detail=${detail} />`
      : html`<${Content} row=${row} detail=${detail} query=${query} />`
  }
  </div>`;
}

function StateOf({ row: { state, since } }: { readonly row: MeterRow }): VNode {
  const t = useTexts(meterTexts);
  const states = useTexts(stateTexts);
  const formats = useFormats();
  const nowMs = useNow();
  return html`<span><${Badge} tone=${stateTone(state)} text=${states[state]} />${
    since === undefined ? null : html`
      <span class="quiet">${t.since(formats.time(since, nowMs))}</span>
    `
  }</span>`;
}

function Content({ row, detail, query }: {
  readonly row: MeterRow;
  readonly detail: Loaded<MeterDetail>;
  readonly query: URLSearchParams;
}): VNode {
  const t = useTexts(meterTexts);
  const nowMs = useNow();
  const { value, error } = detail;
  return html`<div>
    ${error === undefined ? null : html`<${Notice} tone="warning" title=${t.loadFailed}>${error.message}<//>`}
    <${Faults} row=${row} nowMs=${nowMs} />
    <${NowPanel} row=${row} nowMs=${nowMs} />
    <${HistoryPanel} site=${row.site} meter=${row.meter} period=${periodOf(query)} reading=${value?.reading} />
    ${
    value === undefined ? null : html`
      <div class="grid">
        <${ValuesPanel} reading=${value.reading} isInverted=${value.status?.inverted === true} />
        <${LinePanel} detail=${value} />
        <${IdentityPanel} detail=${value} />
      </div>
    `
  }
  </div>`;
}

function Faults({ row: { faults }, nowMs }: { readonly row: MeterRow; readonly nowMs: number }): VNode | null {
  const t = useTexts(meterTexts);
  const advice = useFaultAdvice();
  if (faults.length === 0) return null;
  return html`
    <section class="panel problems" aria-label=${t.faults}>
      <h2>${t.faults}</h2>
      <ul class="faults">${faults.map((fault) =>
        html`<${FaultItem} key=${fault.subType} fault=${fault} nowMs=${nowMs} advice=${advice?.meter[fault.subType]} />`
      )}</ul>
    </section>
  `;
}

function Missing({ detail: { error } }: { readonly detail: Loaded<MeterDetail> }): VNode {
  const t = useTexts(meterTexts);
  if (error === undefined) return html`<p class="quiet" role="status">${t.loading}</p>`;
  const isUnknown = (error as Partial<ServerError>).status === 404;
  return html`<${Notice} tone="problem" title=${isUnknown ? t.unknown : t.loadFailed}>${
    isUnknown ? t.unknownDetails : error.message
  }<//>`;
}

/** `/meter/SITE/METER` */
export const meterPage: Page = {
  path: "/meter/:site/:meter",
  title: (_, { site = "", meter = "" }) => `${meter}, ${site}`,
  component: MeterPage,
};
