import { matchPath } from "./match_path.ts";
import type { Page } from "./page.ts";

/** A page with the parameters of its address. */
export interface FoundPage {
  readonly page: Page;
  readonly params: Record<string, string>;
}

/** The first page that is shown at a path; undefined: there is none. */
export function findPage(pages: readonly Page[], path: string): FoundPage | undefined {
  for (const page of pages) {
    const params = matchPath(page.path, path);
    if (params !== undefined) return { page, params };
  }
  return undefined;
}
