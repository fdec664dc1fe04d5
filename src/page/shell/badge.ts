import { html, type VNode } from "./html.ts";

/** How much attention something needs. */
export type Tone = "ok" | "info" | "warning" | "problem" | "quiet";

/** Each tone has its own shape, so that colour is never the only difference. */
const shapes: Readonly<Record<Tone, VNode>> = {
  ok: html`<circle cx="8" cy="8" r="6" />`,
  info: html`<path d="M8 2 14 8 8 14 2 8Z" />`,
  warning: html`<path d="M8 2 15 14H1Z" />`,
  problem: html`<path d="M5 1h6l4 4v6l-4 4H5l-4-4V5Z" />`,
  quiet: html`<circle cx="8" cy="8" r="5.5" fill="none" stroke="currentColor" stroke-width="2" />`,
};

/** A state: a shape, a colour and a text. */
export function Badge({ tone, text, title }: {
  readonly tone: Tone;
  readonly text: string;
  readonly title?: string | undefined;
}): VNode {
  return html`<span class="badge tone-${tone}" title=${title}>
    <svg viewBox="0 0 16 16" aria-hidden="true" class="shape">${shapes[tone]}</svg><span>${text}</span>
  </span>`;
}
