import { type ComponentChildren, html, type VNode } from "./html.ts";

/** Names with their values, as a list of two columns. Values that are undefined are left out. */
export function KeyValues({ entries }: {
  readonly entries: readonly (readonly [name: string, value: ComponentChildren])[];
}): VNode {
  return html`<dl class="key-values">${
    entries.filter(([, value]) => value !== undefined && value !== null && value !== "").map(([name, value]) =>
      html`
        <div key=${name}>
          <dt>${name}</dt>
          <dd>${value}</dd>
        </div>
      `
    )
  }</dl>`;
}
