import type { Context } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";

/** Why the server does not answer a request as asked, as JSON. */
export interface Problem {
  /** For programs: `not_found`. */
  readonly code: string;
  /** For people: what was attempted, what is wrong, what to do. */
  readonly message: string;
}

/** Answers a request with a problem. */
export function problem(context: Context, status: ContentfulStatusCode, code: string, message: string): Response {
  return context.json({ code, message } satisfies Problem, status);
}
