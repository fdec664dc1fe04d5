import { makePageAssets, type PageAssets } from "../../src/web/mod.ts";
import { pageBundles } from "../support/page_bundles.ts";

/** The files of this checkout's page. */
export async function pageAssets(): Promise<PageAssets> {
  return makePageAssets(await pageBundles(), "1.2.3 (commit 0123)");
}
