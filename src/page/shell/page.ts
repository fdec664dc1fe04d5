import type { ComponentType } from "./html.ts";
import type { Language } from "./language.ts";

/** What a page gets from its address. */
export interface PageProps {
  /** Parameters of the path, decoded. */
  readonly params: Readonly<Record<string, string>>;
  /** The part of the address after `?`: filters and other state of the page. */
  readonly query: URLSearchParams;
}

/** A page and the path at which it is shown. */
export interface Page {
  /** Segments; one that begins with a colon is a parameter: `/meter/:site/:meter`. */
  readonly path: string;
  /** Whether the header has a link to it. @default false */
  readonly isInNavigation?: boolean;
  /** Whether it works without the server: while it is shown, the shell makes no request. @default false */
  readonly isLocal?: boolean;
  /** Name in the navigation and in the title of the window. */
  readonly title: (language: Language, params: Readonly<Record<string, string>>) => string;
  /** Renders one `h1` that can be focused: `<h1 tabindex="-1">`. */
  readonly component: ComponentType<PageProps>;
}
