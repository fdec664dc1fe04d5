import { Hono } from "hono";
import type { WebEnv } from "./web_env.ts";
import type { WebParts } from "./web_parts.ts";

/** `/api/sessions`, `/api/sessions.csv`, `/api/records`: the records of the fleet. */
export function sessionRoutes(_parts: Pick<WebParts, "nats" | "prefix" | "domain" | "time" | "log">): Hono<WebEnv> {
  return new Hono<WebEnv>();
}
