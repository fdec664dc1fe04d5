import project from "../../deno.json" with { type: "json" };

/** The release, a semantic version. */
export const version: string = project.version;

/**
 * The earliest day of this release, milliseconds since 1970: no clock that is right shows an earlier time. It moves with
 * every release.
 */
export const releasedAtMs: number = Date.UTC(2026, 0, 1);

/** The earliest day of the first release: nothing that this product wrote is older. It never moves. */
export const firstReleasedAtMs: number = Date.UTC(2026, 0, 1);
