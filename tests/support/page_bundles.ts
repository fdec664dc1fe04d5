import { fileURLToPath } from "node:url";
import type { PageBundles } from "../../src/base/page_bundles.ts";
import { bundlePages } from "../../src/bundle/mod.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
let bundles: Promise<PageBundles> | undefined;

/** Bundles the pages of this checkout, once in a process. */
export function pageBundles(): Promise<PageBundles> {
  return bundles ??= bundlePages(root);
}
