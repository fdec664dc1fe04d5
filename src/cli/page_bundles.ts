import { fileURLToPath } from "node:url";
import type { Bundle, PageBundles } from "../base/page_bundles.ts";
import { type Installation, readInstallation } from "./installation.ts";

/** The folder of the program. In a package it has the bundles. */
const folder = new URL("../../", import.meta.url);

/**
 * Returns the pages for browsers: those of the package, or bundled now from a checkout.
 *
 * @throws {Error} they cannot be bundled, or a file of the package is missing
 */
export async function loadPageBundles(installation: Installation = readInstallation()): Promise<PageBundles> {
  if (installation.call === "wattseal") return { page: await readBundle("page"), verify: await readBundle("verify") };
  // A package does not contain this room
  const { bundlePages } = await import("../bundle/mod.ts");
  try {
    return await bundlePages(fileURLToPath(folder));
  } catch (cause) {
    throw new Error(`Cannot bundle the page: ${cause instanceof Error ? cause.message : cause}`, { cause });
  }
}

async function readBundle(name: keyof PageBundles): Promise<Bundle> {
  const read = (ending: string) => Deno.readTextFile(new URL(`page/${name}.${ending}`, folder));
  return { script: await read("js"), style: await read("css") };
}
