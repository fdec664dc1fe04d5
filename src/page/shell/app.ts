import type { AccessView } from "../../view/mod.ts";
import { shellTexts } from "../texts/shell.ts";
import { ConnectionBanner } from "./connection_banner.ts";
import { findPage } from "./find_page.ts";
import type { FleetLink } from "./fleet_link.ts";
import { Header } from "./header.ts";
import { Formats, FormatsContext } from "./formats.ts";
import { html, useEffect, useLayoutEffect, useMemo, useState, type VNode } from "./html.ts";
import { LanguageContext, textsOf } from "./language.ts";
import type { Page } from "./page.ts";
import { PageFrame } from "./page_frame.ts";
import { type Preferences, type PreferenceStore, storePreferences } from "./preferences.ts";
import { type Router, RouterContext } from "./router.ts";
import { type Server, ServerContext } from "./server.ts";
import { FleetContext } from "./use_fleet.ts";

/** What the shell of the page consists of. */
export interface AppParts {
  readonly router: Router;
  readonly server: Server;
  readonly link: FleetLink;
  readonly pages: readonly Page[];
  readonly store: PreferenceStore;
  /** Choices at the start. */
  readonly preferences: Preferences;
}

/** The shell: header, banner and the page of the address. */
export function App({ router, server, link, pages, store, preferences: atStart }: AppParts): VNode {
  const [preferences, setPreferences] = useState(atStart);
  const [place, setPlace] = useState(router.place);
  const [access, setAccess] = useState<AccessView | undefined>(undefined);
  useEffect(() => router.subscribe(() => setPlace(router.place)), [router]);
  const isLocal = findPage(pages, place.path)?.page.isLocal === true;
  useLayoutEffect(() => {
    if (isLocal) return;
    link.start();
    return () => link.stop();
  }, [link, isLocal]);
  useEffect(() => {
    server.get<AccessView>("/api/session").then(setAccess, () => setAccess(undefined));
  }, [server]);
  useEffect(() => {
    document.documentElement.lang = preferences.language;
    document.documentElement.dataset["colours"] = preferences.colours;
  }, [preferences]);
  const change = (chosen: Preferences) => {
    storePreferences(store, chosen);
    setPreferences(chosen);
  };
  const formats = useMemo(() => new Formats(preferences.language), [preferences.language]);
  const t = textsOf(shellTexts, preferences.language);
  return html`
    <${LanguageContext.Provider} value=${preferences.language}>
      <${RouterContext.Provider} value=${router}>
        <${ServerContext.Provider} value=${server}>
          <${FleetContext.Provider} value=${link}>
            <${FormatsContext.Provider} value=${formats}>
              <a class="skip" href="#content">${t.skip}</a>
              <${Header} pages=${pages} path=${place.path} access=${access} preferences=${preferences}
                change=${change} />
              <main id="content" tabindex="-1">
                <${ConnectionBanner} />
                <${PageFrame} pages=${pages} place=${place} />
              </main>
              <footer class="page-footer quiet no-print">${access === undefined
                ? null
                : t.version(access.version)}</footer>
              <//>
              <//>
              <//>
              <//>
              <//>
  `;
}
