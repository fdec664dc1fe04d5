import { createHash } from "node:crypto";
import type { Bundle, PageBundles } from "../base/page_bundles.ts";
import { verifyDocument } from "./verify_document.ts";

/** A file of the page. */
export interface PageAsset {
  /** `Content-Type` of the answer. */
  readonly contentType: string;
  readonly body: string;
}

/** The files of the page. Their names contain the hash of their content, so browsers may keep them. */
export interface PageAssets {
  /** Name of the script in `files`: `page-HASH.js`. */
  readonly script: string;
  /** Name of the style sheet in `files`: `page-HASH.css`. */
  readonly style: string;
  /** By name: the part of the path after `/assets/`. */
  readonly files: ReadonlyMap<string, PageAsset>;
  /** The version with the commit, for people. */
  readonly version: string;
  /** The page that verifies records, as a file of its own. */
  readonly verifyDocument: string;
}

/** Hex digits of a hash in a name. */
const hashLength = 16;

/** Makes the files of the page. @param version with the commit, for people */
export function makePageAssets({ page, verify }: PageBundles, version: string): PageAssets {
  const script = nameOf(page, "script", "js");
  const style = nameOf(page, "style", "css");
  const files = new Map([
    [script, { contentType: "text/javascript; charset=utf-8", body: page.script }],
    [style, { contentType: "text/css; charset=utf-8", body: page.style }],
  ]);
  return { script, style, files, version, verifyDocument: verifyDocument(verify, version).html };
}

function nameOf(bundle: Bundle, part: keyof Bundle, ending: string): string {
  const hash = createHash("sha256").update(bundle[part]).digest("hex").slice(0, hashLength);
  return `page-${hash}.${ending}`;
}
