/**
 * Bundles the pages for browsers. Only a checkout has this room: the package contains the bundles instead.
 *
 * @module
 */
export { type BundledPages, bundlePages } from "./bundle_pages.ts";
export type { BundledPackage } from "./bundled_packages.ts";
export { readLicence } from "./licence.ts";
