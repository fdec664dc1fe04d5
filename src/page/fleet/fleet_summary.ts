import { useFormats } from "../shell/formats.ts";
import { type ComponentChildren, html, useMemo, type VNode } from "../shell/html.ts";
import { useTexts } from "../shell/language.ts";
import { useRouter } from "../shell/router.ts";
import { useFleet } from "../shell/use_fleet.ts";
import { fleetTexts } from "../texts/fleet.ts";
import { type FleetTotals, fleetTotals } from "./fleet_totals.ts";

/** In place of a value that is not known yet. */
const unknown = "\u2013";

/** The sums over the whole fleet, and the versions in use. */
export function FleetSummary(): VNode {
  const t = useTexts(fleetTexts);
  const formats = useFormats();
  const { state, version } = useFleet();
  const totals = useMemo(() => fleetTotals(state.meters(), state.nodes()), [version]);
  const { meters, online, charging, problems, powerW, importWh, nodeProblems, undeliveredRecords } = totals;
  return html`
    <section aria-label=${t.totals}>
      <dl class="figures">
        <${Figure} name=${t.problems} value=${formats.number(problems)} tone=${problems > 0 ? "problem" : "ok"} />
        <${Figure} name=${t.nodesWithProblems} value=${formats.number(nodeProblems)}
          tone=${nodeProblems > 0 ? "problem" : "ok"} />
        <${Figure} name=${t.online} value=${formats.number(online)} extra=${t.ofMeters(formats.number(meters))} />
        <${Figure} name=${t.charging} value=${formats.number(charging)} />
        <${Figure} name=${t.power} value=${powerW === undefined ? unknown : formats.power(powerW)} />
        <${Figure} name=${t.imported} value=${importWh === undefined ? unknown : formats.energy(importWh)} />
        <${Figure} name=${t.undelivered} value=${formats.number(undeliveredRecords)} />
      </dl>
      <${Versions} versions=${totals.versions} />
    </section>
  `;
}

function Figure({ name, value, extra, tone }: {
  readonly name: string;
  readonly value: string;
  readonly extra?: ComponentChildren;
  readonly tone?: "ok" | "problem";
}): VNode {
  return html`
    <div class="figure ${tone === undefined ? "" : `tone-${tone}`}">
      <dt>${name}</dt>
      <dd><span class="figure-value">${value}</span> <span class="quiet">${extra}</span></dd>
    </div>
  `;
}

/** One version is normal; several are a fleet in the middle of an upgrade. */
function Versions({ versions }: Pick<FleetTotals, "versions">): VNode | null {
  const t = useTexts(fleetTexts);
  const { href } = useRouter();
  if (versions.length === 0) return null;
  return html`<p class="versions quiet">${t.versions}: ${
    versions.map(({ version, nodes }, index) =>
      html`<span key=${version}>${index === 0 ? "" : ", "}<a href=${href("/fleet", { version })}>${version}</a>
        ${" "}(${t.versionNodes(nodes)})</span>`
    )
  }</p>`;
}
