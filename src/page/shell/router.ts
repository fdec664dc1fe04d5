import { createContext, useContext } from "./html.ts";

/** Values of query parameters; undefined and "" remove a parameter. */
export type QueryValues = Readonly<Record<string, string | number | undefined>>;

/** The address of the page: its path below the base path, and its query. */
export interface Place {
  readonly path: string;
  readonly query: URLSearchParams;
}

/** First segments of paths that the server answers with something else than this document. */
const notPages: readonly string[] = ["api", "assets", "login", "logout", "verify.html"];

/** The part of a browser's window that the router uses. */
export type RouterWindow = Pick<Window, "location" | "history" | "addEventListener" | "document" | "scrollTo">;

/** Follows and changes the address without loading the document again. */
export class Router {
  readonly #window: RouterWindow;
  readonly #base: string;
  readonly #listeners = new Set<() => void>();

  /** @param base path of the server without a slash at its end, such as `/wattseal`; "" at the root */
  constructor(window: RouterWindow, base: string) {
    this.#window = window;
    this.#base = base;
    window.addEventListener("popstate", () => this.#report());
    window.document.addEventListener("click", (event) => this.#takeClick(event));
  }

  /** The present address. */
  get place(): Place {
    const { pathname, search } = this.#window.location;
    const path = pathname.startsWith(this.#base) ? pathname.slice(this.#base.length) : pathname;
    return { path: path === "" ? "/" : path, query: new URLSearchParams(search) };
  }

  /** The address of a page, for links. @param path begins with a slash; its parts are encoded */
  readonly href = (path: string, query: QueryValues = {}): string => {
    const search = withValues(new URLSearchParams(), query).toString();
    return `${this.#base}${path}${search === "" ? "" : `?${search}`}`;
  };

  /** Shows another page. @param href from {@linkcode href} */
  readonly go = (href: string): void => {
    this.#window.history.pushState(null, "", href);
    this.#window.scrollTo(0, 0);
    this.#report();
  };

  /** Changes some parameters of the query and keeps the others, without a new entry in the history. */
  readonly setQuery = (values: QueryValues): void => {
    const { path, query } = this.place;
    const search = withValues(query, values).toString();
    this.#window.history.replaceState(null, "", `${this.#base}${path}${search === "" ? "" : `?${search}`}`);
    this.#report();
  };

  /** Calls a function after each change. @returns ends the calls */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #report(): void {
    for (const listener of this.#listeners) listener();
  }

  /** Links to pages of this server stay in the document; all others, and those to files and requests, load as usual. */
  #takeClick(event: MouseEvent): void {
    if (event.defaultPrevented || event.button !== 0) return;
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const link = event.target instanceof Element ? event.target.closest("a") : null;
    if (link === null || link.hasAttribute("download") || (link.target !== "" && link.target !== "_self")) return;
    const { origin, pathname, search, hash } = new URL(link.href, this.#window.location.href);
    if (origin !== this.#window.location.origin || hash !== "" || !this.#isPage(pathname)) return;
    event.preventDefault();
    this.go(`${pathname}${search}`);
  }

  #isPage(pathname: string): boolean {
    if (!pathname.startsWith(`${this.#base}/`)) return false;
    const first = pathname.slice(this.#base.length + 1).split("/")[0] ?? "";
    return !notPages.includes(first);
  }
}

function withValues(query: URLSearchParams, values: QueryValues): URLSearchParams {
  for (const [name, value] of Object.entries(values)) {
    if (value === undefined || value === "") query.delete(name);
    else query.set(name, String(value));
  }
  return query;
}

/** The router of the shell. */
export const RouterContext = createContext<Router | undefined>(undefined);

/** The router of the shell. @throws {Error} the component is not in the shell */
export function useRouter(): Router {
  const router = useContext(RouterContext);
  if (router === undefined) throw new Error("Cannot use the router: this component is not in the shell of the page");
  return router;
}
