import type { SessionRow } from "../../view/mod.ts";
import { exactEnergy } from "../record/record_words.ts";
import { VerdictBadge } from "../record/verdict_badges.ts";
import { useFormats } from "../shell/formats.ts";
import { type ComponentChildren, html, type VNode } from "../shell/html.ts";
import { useLanguage, useTexts } from "../shell/language.ts";
import { useRouter } from "../shell/router.ts";
import { sessionsTexts } from "../texts/sessions.ts";

/** Sessions, one line each, with a link to their records. */
export function SessionTable({ rows }: { readonly rows: readonly SessionRow[] }): VNode {
  const t = useTexts(sessionsTexts);
  const titles = [t.end, t.verdict, t.meter, t.evse, t.energy, t.duration, t.transaction, t.tariff, t.identification];
  return html`
    <div class="scroll" tabindex="0" role="region" aria-label=${t.title}>
      <table class="session-table">
        <thead>
          <tr>${titles.map((title) => html`<th key=${title} scope="col">${title}</th>`)}</tr>
        </thead>
        <tbody>${rows.map((row) => html`<${Line} key=${row.copyKey} row=${row} />`)}</tbody>
      </table>
    </div>
  `;
}

function Line({ row }: { readonly row: SessionRow }): VNode {
  const t = useTexts(sessionsTexts);
  const f = useFormats();
  const language = useLanguage();
  const { href } = useRouter();
  const { seq, readAt, site, meter, evseId, energyWh, durationS, transactionId, tariffText, identification } = row;
  return html`
    <tr>
      <th scope="row" data-title=${t.end}><a href=${href(`/record/${seq}`)}
          aria-label="${t.openRecord(seq)}, ${f.dateTime(readAt)}">${f.dateTime(readAt)}</a></th>
      <${Cell} title=${t.verdict}>
        <${VerdictBadge} verification=${row.verification} />
        <//>
        <${Cell} title=${t.meter} class="meter"><span class="quiet">${site}</span> ${meter}<//>
        <${Cell} title=${t.evse}>${evseId}<//>
        <${Cell} title=${t.energy} class="number">${energyWh === undefined
          ? undefined
          : exactEnergy(energyWh, language)}<//>
        <${Cell} title=${t.duration} class="number">${durationS === undefined ? undefined : f.duration(durationS)}<//>
        <${Cell} title=${t.transaction} class="mono">${transactionId}<//>
        <${Cell} title=${t.tariff}>${tariffText}<//>
        <${Cell} title=${t.identification} class="quiet">${identification === undefined
          ? undefined
          : [identification.type, identification.masked].join(" ").trim()}<//>
      </tr>
  `;
}

/** A cell; on a narrow window it begins with its title. */
function Cell(props: {
  readonly title: string;
  readonly class?: string;
  readonly children?: ComponentChildren;
}): VNode {
  return html`<td data-title=${props.title} class=${props.class}><bdi>${props.children}</bdi></td>`;
}
