/** What a browser loads for one page. */
export interface Bundle {
  /** A module without imports. */
  readonly script: string;
  /** A style sheet without imports. */
  readonly style: string;
}

/** The bundles of the program. */
export interface PageBundles {
  /** The page of the fleet. */
  readonly page: Bundle;
  /** The page that verifies records, which needs no server. */
  readonly verify: Bundle;
}
