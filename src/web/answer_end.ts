import type { Context } from "hono";
import type { WebEnv } from "./web_env.ts";

/**
 * A signal that is aborted when the answer is delivered, or when the client is gone before that; never without a socket. The
 * signal of the request itself is not used: the runtime prints a warning then.
 */
export function answerEnd({ env }: Context<WebEnv>): AbortSignal {
  const end = new AbortController();
  const abort = () => end.abort();
  env?.completed?.then(abort, abort);
  return end.signal;
}
