import { Hono } from "hono";
import type { WebEnv } from "./web_env.ts";
import type { WebParts } from "./web_parts.ts";

/** `/api/meters/SITE/METER/history`: the last readings of a meter. */
export function historyRoutes(_parts: Pick<WebParts, "nats" | "prefix" | "domain" | "time" | "log">): Hono<WebEnv> {
  return new Hono<WebEnv>();
}
