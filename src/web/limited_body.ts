import type { MiddlewareHandler } from "hono";
import { problem } from "./problem.ts";
import type { WebEnv } from "./web_env.ts";

/** Largest body of a request, in bytes. */
const maxBodyBytes = 64 * 1024;

/**
 * Refuses long bodies. In place of `bodyLimit` of Hono, which copies the request and its signal: the runtime prints a warning
 * then.
 */
export function limitedBody(): MiddlewareHandler<WebEnv> {
  return async (context, next) => {
    const { req } = context;
    const length = req.header("Content-Length");
    const isKnown = length !== undefined && req.header("Transfer-Encoding") === undefined;
    if (!isKnown && req.raw.body !== null) {
      const body = await readBody(req.raw.body);
      if (body === undefined) return tooLong();
      req.raw = new Request(req.url, { method: req.method, headers: req.raw.headers, body });
    }
    return isKnown && Number(length) > maxBodyBytes ? tooLong() : await next();

    function tooLong(): Response {
      return problem(context, 413, "too_large", `The body may have at most ${maxBodyBytes} bytes`);
    }
  };
}

/** @returns undefined: it is too long */
async function readBody(stream: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<Blob | undefined> {
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  for await (const chunk of stream) {
    size += chunk.length;
    if (size > maxBodyBytes) return undefined;
    chunks.push(chunk);
  }
  return new Blob(chunks);
}
