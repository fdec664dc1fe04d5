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
