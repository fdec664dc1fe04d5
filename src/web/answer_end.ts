import type { Context } from "hono";
import type { WebEnv } from "./web_env.ts";

/**
 * A signal that is aborted when the answer is delivered, or when the client is gone before that; and when the login of its
 * user ends. Without a socket and a login it is never aborted. The signal of the request itself is not used: the runtime
 * prints a warning then.
 */
export function answerEnd(context: Context<WebEnv>): AbortSignal {
  const end = new AbortController();
  const { signal } = end;
  const abort = () => end.abort();
  context.env?.completed?.then(abort, abort);
  const login = context.get("login");
  if (login?.ended.aborted) abort();
  login?.ended.addEventListener("abort", abort, { signal });
  void login?.expired(signal).then(abort);
  return signal;
}
