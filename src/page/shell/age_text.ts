import type { Formats } from "./formats.ts";
import { html, type VNode } from "./html.ts";
import { useNow } from "./use_fleet.ts";

/** How long ago something was, by the clock of the server. It follows the clock alone, so that a table need not. */
export function AgeText({ at, formats }: {
  /** RFC 3339. */
  readonly at: string;
  readonly formats: Formats;
}): VNode {
  const nowMs = useNow();
  return html`<span>${formats.age(nowMs - Date.parse(at))}</span>`;
}
