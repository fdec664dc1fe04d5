import { shellTexts } from "../texts/shell.ts";
import { useFormats } from "./formats.ts";
import { html, type VNode } from "./html.ts";
import { useTexts } from "./language.ts";
import { Notice } from "./notice.ts";
import { useFleet, useNow } from "./use_fleet.ts";

/**
 * Since when the values are not live: without a connection to the server, or of the server to NATS. Nothing on a page that
 * needs no server.
 */
export function ConnectionBanner(): VNode | null {
  const t = useTexts(shellTexts);
  const formats = useFormats();
  const { state, isStarted, lostSinceMs } = useFleet();
  const nowMs = useNow();
  const { connection } = state;
  if (!isStarted) return null;
  if (lostSinceMs !== undefined) {
    const title = t.serverLost(formats.time(lostSinceMs, Date.now()));
    return html`<${Notice} tone="problem" title=${title}>${formats.age(Date.now() - lostSinceMs)}. ${t.lastValues}<//>`;
  }
  if (connection?.connected === false) {
    const sinceMs = Date.parse(connection.since);
    const title = t.natsLost(formats.time(sinceMs, nowMs));
    return html`<${Notice} tone="problem" title=${title}>${formats.age(nowMs - sinceMs)}. ${t.lastValues}<//>`;
  }
  const problems = connection?.problems ?? [];
  if (problems.length === 0) return null;
  return html`
    <${Notice} tone="warning" title=${t.incomplete}>
      <ul lang="en">${problems.map((problem) => html`<li key=${problem}>${problem}</li>`)}</ul>
      <//>
  `;
}
