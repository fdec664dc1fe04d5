import { Badge, type Tone } from "./badge.ts";
import { type ComponentChildren, html, type VNode } from "./html.ts";

/** A message that concerns the whole page or a part of it. A screen reader reads its title when it appears. */
export function Notice({ tone, title, children }: {
  readonly tone: Tone;
  readonly title: string;
  readonly children?: ComponentChildren;
}): VNode {
  return html`<div class="notice tone-${tone}">
    <div role=${tone === "problem" ? "alert" : "status"}><${Badge} tone=${tone} text=${title} /></div>
    ${children === undefined ? null : html`<div class="notice-text">${children}</div>`}
  </div>`;
}
