import project from "../../deno.json" with { type: "json" };

/** The semantic version of the release. */
export const version: string = project.version;

/**
 * The earliest day of this release, milliseconds since 1970: a correct clock never shows an earlier time. It changes
 * with every release.
 */
export const releasedAtMs: number = Date.UTC(2026, 0, 1);

/** The earliest day of the first release: all data of this product is newer. It never changes. */
export const firstReleasedAtMs: number = Date.UTC(2026, 0, 1);
