import project from "../../deno.json" with { type: "json" };

/** The release, a semantic version. */
export const version: string = project.version;
