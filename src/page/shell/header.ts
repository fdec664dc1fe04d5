import type { AccessView } from "../../view/mod.ts";
import { shellTexts } from "../texts/shell.ts";
import { Badge } from "./badge.ts";
import { findPage } from "./find_page.ts";
import { html, type VNode } from "./html.ts";
import { useLanguage, useTexts } from "./language.ts";
import type { Page } from "./page.ts";
import type { Preferences } from "./preferences.ts";
import { PreferencesMenu } from "./preferences_menu.ts";
import { useRouter } from "./router.ts";
import { useServer } from "./server.ts";
import { useFleet } from "./use_fleet.ts";

/** The top of every page: navigation, whether the values are live, and the choices of the person. */
export function Header({ pages, path, access, preferences, change }: {
  readonly pages: readonly Page[];
  readonly path: string;
  /** Undefined until the server has answered. */
  readonly access: AccessView | undefined;
  readonly preferences: Preferences;
  readonly change: (preferences: Preferences) => void;
}): VNode {
  const t = useTexts(shellTexts);
  const language = useLanguage();
  const { href } = useRouter();
  // A page can have several paths
  const shown = findPage(pages, path)?.page.component;
  return html`<header class="page-header no-print">
    <a class="brand" href=${href("/fleet")}>Wattseal</a>
    <nav aria-label=${t.navigation}>
      ${
    pages.filter(({ isInNavigation }) => isInNavigation === true).map((page) =>
      html`
        <a key=${page.path} href=${href(page.path)}
          aria-current=${page.component === shown ? "page" : undefined}>${page.title(language, {})}</a>
      `
    )
  }
    </nav>
    <div class="page-state"><${LinkState} /></div>
    <${PreferencesMenu} preferences=${preferences} change=${change} />
    ${access?.login === "password" && access.user !== undefined ? html`<${LogoutForm} user=${access.user} />` : null}
  </header>`;
}

function LinkState(): VNode {
  const t = useTexts(shellTexts);
  const { state, isStarted, isCurrent, lostSinceMs } = useFleet();
  if (!isStarted) return html`<${Badge} tone="quiet" text=${t.notFollowed} title=${t.notFollowedDetails} />`;
  if (lostSinceMs !== undefined) return html`<${Badge} tone="problem" text=${t.notLive} />`;
  if (!isCurrent) return html`<${Badge} tone="quiet" text=${t.connecting} />`;
  return state.connection?.connected === false
    ? html`<${Badge} tone="problem" text=${t.notLive} />`
    : html`<${Badge} tone="ok" text=${t.live} />`;
}

function LogoutForm({ user }: { readonly user: string }): VNode {
  const t = useTexts(shellTexts);
  const server = useServer();
  return html`
    <form method="post" action=${server.url("/logout")}>
      <button class="button small" title=${t.loggedIn(user)}>${t.logout}</button>
    </form>
  `;
}
