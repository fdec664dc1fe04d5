import { shellTexts } from "../texts/shell.ts";
import { findPage, type FoundPage } from "./find_page.ts";
import { html, useEffect, useErrorBoundary, useLayoutEffect, useRef, type VNode } from "./html.ts";
import { useLanguage, useTexts } from "./language.ts";
import { Notice } from "./notice.ts";
import type { Page } from "./page.ts";
import { type Place, useRouter } from "./router.ts";

/** The page of an address. After a navigation, its heading has the focus, so that a screen reader reads it. */
export function PageFrame({ pages, place }: { readonly pages: readonly Page[]; readonly place: Place }): VNode {
  const language = useLanguage();
  const found = findPage(pages, place.path);
  const title = found?.page.title(language, found.params);
  const isFirst = useRef(true);
  useEffect(() => {
    document.title = title === undefined ? "Wattseal" : `${title} \u2013 Wattseal`;
  }, [title]);
  useLayoutEffect(() => {
    if (!isFirst.current) document.querySelector<HTMLElement>("main h1")?.focus({ preventScroll: true });
    isFirst.current = false;
  }, [place.path]);
  // With the path as key, no state of one page survives in another one
  return found === undefined
    ? html`<${NotFound} />`
    : html`<${Guarded} key=${place.path} found=${found} query=${place.query} />`;
}

/** An error in a page does not end the shell. */
function Guarded({ found, query }: { readonly found: FoundPage; readonly query: URLSearchParams }): VNode {
  const t = useTexts(shellTexts);
  const [error, reset] = useErrorBoundary() as [unknown, () => void];
  if (error === undefined) return html`<${found.page.component} params=${found.params} query=${query} />`;
  return html`
    <div>
      <h1 tabindex="-1">${t.failed}</h1>
      <${Notice} tone="problem" title=${String(error)}>
        <button type="button" class="button" onClick=${reset}>${t.reload}</button>
        <//>
        </div>
  `;
}

function NotFound(): VNode {
  const t = useTexts(shellTexts);
  const { href } = useRouter();
  return html`
    <div>
      <h1 tabindex="-1">${t.notFound}</h1>
      <p><a href=${href("/fleet")}>${t.toFleet}</a></p>
    </div>
  `;
}
