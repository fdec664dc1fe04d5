import { useFormats } from "../shell/formats.ts";
import { html, useEffect, useRef, type VNode } from "../shell/html.ts";
import { useTexts } from "../shell/language.ts";
import { type QueryValues, useRouter } from "../shell/router.ts";
import { fleetTexts } from "../texts/fleet.ts";
import { type FleetFilter, type ShownKind, shownKinds, type SortKey, sortKeys } from "./fleet_filter.ts";
import type { SelectedMeters } from "./select_meters.ts";

/** Search, filters and order. All of them are in the address, so that a link shows the same meters. */
export function FilterBar({ filter, selected: { counts, shown }, all }: {
  readonly filter: FleetFilter;
  readonly selected: SelectedMeters;
  /** Number of all meters. */
  readonly all: number;
}): VNode {
  const t = useTexts(fleetTexts);
  const formats = useFormats();
  const { setQuery } = useRouter();
  const kinds: Readonly<Record<ShownKind, string>> = {
    all: t.all,
    problems: t.problemsOnly,
    charging: t.chargingOnly,
    unreachable: t.unreachable,
  };
  const sorts: Readonly<Record<SortKey, string>> = {
    problems: t.sortProblems,
    name: t.sortName,
    power: t.sortPower,
    energy: t.sortEnergy,
    age: t.sortAge,
  };
  const choose = (event: Event) => {
    const { value } = event.currentTarget as HTMLSelectElement;
    setQuery({ sort: value === "problems" ? undefined : value });
  };
  return html`
    <div class="toolbar no-print" role="search" aria-label=${t.filters}>
      <${SearchField} text=${filter.typed} />
      <div class="choices" role="group" aria-label=${t.show}>${shownKinds.map((kind) =>
        html`
          <button key=${kind} type="button" class="choice" aria-pressed=${filter.show === kind ? "true" : "false"}
            onClick=${() => setQuery({ show: kind === "all" ? undefined : kind })}>${kinds[kind]}
                  ${" "}<span class="count">${formats.number(counts[kind])}</span></button>
        `
      )}</div>
      <${Chip} text=${filter.site === undefined ? undefined : t.onlySite(filter.site)} clears=${{ site: undefined }} />
      <${Chip} text=${filter.version === undefined ? undefined : t.onlyVersion(filter.version)}
        clears=${{ version: undefined }} />
      <label class="order"><span class="quiet">${t.sort}</span>
          <select value=${filter.sort} onChange=${choose}>
            ${sortKeys.map((key) => html`<option key=${key} value=${key}>${sorts[key]}</option>`)}
          </select></label>
      <span class="quiet shown" role="status">${t.shown(formats.number(shown.length), formats.number(all))}</span>
    </div>
  `;
}

/** The key `/` moves the focus here. */
function SearchField({ text }: { readonly text: string }): VNode {
  const t = useTexts(fleetTexts);
  const { setQuery } = useRouter();
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    const focus = (event: KeyboardEvent) => {
      const isTyping = event.target instanceof HTMLElement && event.target.matches("input, select, textarea");
      if (event.key !== "/" || isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      field.current?.focus();
    };
    addEventListener("keydown", focus);
    return () => removeEventListener("keydown", focus);
  }, []);
  return html`<label class="search"><span class="hidden">${t.search}</span>
    <input ref=${field} type="search" value=${text} placeholder=${t.searchHint} autocomplete="off" spellcheck="false"
      aria-keyshortcuts="/" onInput=${() => setQuery({ q: field.current?.value })} /></label>`;
}

/** A filter that a link has set, with the button that removes it. */
function Chip({ text, clears }: { readonly text: string | undefined; readonly clears: QueryValues }): VNode | null {
  const t = useTexts(fleetTexts);
  const { setQuery } = useRouter();
  if (text === undefined) return null;
  return html`
    <button type="button" class="chip" title=${t.remove} aria-label="${text}: ${t.remove}"
      onClick=${() => setQuery(clears)}>${text} <span aria-hidden="true">\\u00d7</span></button>
  `;
}
