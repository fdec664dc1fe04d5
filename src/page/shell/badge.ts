import { html, type VNode } from "./html.ts";

/** How much attention something needs. */
export type Tone = "ok" | "info" | "warning" | "problem" | "quiet";

/** A state: a shape, a colour and a text. Each tone has its own shape, so that colour is never the only difference. */
export function Badge({ tone, text, title }: {
  readonly tone: Tone;
  readonly text: string;
  readonly title?: string | undefined;
}): VNode {
  return html`<span class="badge tone-${tone}" title=${title}>
    <i class="shape" aria-hidden="true"></i><span>${text}</span>
  </span>`;
}
