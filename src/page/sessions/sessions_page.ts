import { sessionParams, sessionQuery, SessionQueryError } from "../../view/mod.ts";
import { useFormats } from "../shell/formats.ts";
import { html, useEffect, useMemo, useState, type VNode } from "../shell/html.ts";
import { textsOf, useTexts } from "../shell/language.ts";
import { Notice } from "../shell/notice.ts";
import type { Page, PageProps } from "../shell/page.ts";
import { useServer } from "../shell/server.ts";
import { sessionsTexts } from "../texts/sessions.ts";
import { SearchForm } from "./search_form.ts";
import { type SearchState, SessionSearch } from "./session_search.ts";
import { SessionTable } from "./session_table.ts";

/** How often new records are looked for. */
const refreshMs = 5_000;

/** The page with the table of sessions. */
export const sessionsPage: Page = {
  path: "/sessions",
  isInNavigation: true,
  title: (language) => textsOf(sessionsTexts, language).title,
  component: SessionsPage,
};

/** Sessions that fit the conditions of the address, newest first. */
function SessionsPage({ query }: PageProps): VNode {
  const t = useTexts(sessionsTexts);
  let parameters: string | undefined;
  let problem: string | undefined;
  try {
    const { before: _b, after: _a, limit: _l, ...conditions } = sessionQuery(query);
    parameters = sessionParams(conditions).toString();
  } catch (error) {
    if (!(error instanceof SessionQueryError)) throw error;
    problem = error.message;
  }
  return html`<div class="sessions"><h1 tabindex="-1">${t.title}</h1>
    <${SearchForm} query=${query} />
    ${
    parameters === undefined
      ? html`<${Notice} tone="problem" title=${t.failed}>${problem}<//>`
      : html`<${FoundSessions} parameters=${parameters} />`
  }
  </div>`;
}

function FoundSessions({ parameters }: { readonly parameters: string }): VNode {
  const t = useTexts(sessionsTexts);
  const server = useServer();
  const { state, search } = useSearch(parameters);
  const { rows, progress, error } = state;
  return html`<div>
    <div class="toolbar"><p class="found" role="status"><${FoundText} state=${state} /></p>
      <a class="button no-print" download="sessions.csv"
        href=${server.url(`/api/sessions.csv${parameters === "" ? "" : `?${parameters}`}`)}>${t.csv}</a></div>
    ${error === undefined ? null : html`<${Notice} tone="problem" title=${t.failed}>${error.message}<//>`}
    ${rows.length === 0 ? null : html`<${SessionTable} rows=${rows} />`}
    ${
    rows.length > 0 || progress !== "complete"
      ? null
      : html`<p class="quiet">${parameters === "" ? t.empty : t.none}</p>`
  }
    <div class="buttons no-print">${
    progress === "searching"
      ? html`<button type="button" class="button" onClick=${() => search.pause()}>${t.stop}</button>`
      : progress === "paused"
      ? html`<button type="button" class="button" onClick=${() => void search.proceed()}>${t.more}</button>`
      : null
  }</div>
  </div>`;
}

function FoundText({ state }: { readonly state: SearchState }): VNode {
  const t = useTexts(sessionsTexts);
  const f = useFormats();
  const { rows, searched, searchedTo, progress } = state;
  const parts = [
    t.shown(rows.length, searched),
    progress === "searching" ? t.loading : undefined,
    progress === "complete" ? t.complete : searchedTo === undefined ? undefined : t.searchedTo(f.dateTime(searchedTo)),
  ];
  return html`<span>${parts.filter((part) => part !== undefined).join(", ")}</span>`;
}

function useSearch(parameters: string): { readonly state: SearchState; readonly search: SessionSearch } {
  const server = useServer();
  const search = useMemo(
    () => new SessionSearch(server, sessionQuery(new URLSearchParams(parameters))),
    [server, parameters],
  );
  const [, setChanges] = useState(0);
  useEffect(() => {
    const unsubscribe = search.subscribe(() => setChanges((count) => count + 1));
    void search.proceed();
    const timer = setInterval(() => {
      if (document.visibilityState === "visible") void search.refresh();
    }, refreshMs);
    return () => {
      clearInterval(timer);
      unsubscribe();
      search.end();
    };
  }, [search]);
  return { state: search.state, search };
}
