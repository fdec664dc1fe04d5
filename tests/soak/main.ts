/**
 * Long runs that look for growth: of the service over many readings, or with `--web` of the page and its server.
 *
 *     deno task soak [READINGS]
 *     deno task soak --web [--minutes N]
 */
if (Deno.args.includes("--web")) await import("./web.ts");
else await import("./readings.ts");
