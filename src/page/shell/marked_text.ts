import { html, type VNode } from "./html.ts";

/** A text of the documents, in which backticks mark names and values. */
export function MarkedText({ text }: { readonly text: string }): VNode {
  // The marks come in pairs, so every second part is marked
  return html`<span>${
    text.split("`").map((part, index) => index % 2 === 0 ? part : html`<code>${part}</code>`)
  }</span>`;
}
