import { makePageAssets, type PageAssets } from "../web/mod.ts";
import { readInstallation, versionText } from "./installation.ts";
import { loadPageBundles } from "./page_bundles.ts";

/**
 * Returns the files that the server of the page serves.
 *
 * @throws {Error} the page cannot be bundled, or a file of the package is missing
 */
export async function loadPageAssets(): Promise<PageAssets> {
  const installation = readInstallation();
  return makePageAssets(await loadPageBundles(installation), versionText(installation));
}
