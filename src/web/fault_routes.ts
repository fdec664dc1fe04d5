import { Hono } from "hono";
import { faultAdvice } from "../contract/mod.ts";
import type { FaultAdviceTable } from "../view/mod.ts";
import type { WebEnv } from "./web_env.ts";

/** `/api/faults`: cause and remedy of each kind of fault, as docs/faults.md has them. */
export function faultRoutes(): Hono<WebEnv> {
  const area = new Hono<WebEnv>();
  area.get("/api/faults", (context) => context.json(faultAdvice() satisfies FaultAdviceTable));
  return area;
}
