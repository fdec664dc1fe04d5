import type { Time } from "../base/time.ts";
import { within } from "../base/waits.ts";
import type { WebSettings } from "../config/mod.ts";
import type { WebApp } from "./app.ts";

/** How long a stop waits for answers that are being sent. */
const stopMs = 2_000;

/** The page on a socket. */
export interface WebServer {
  /** The address, with the port that the system has chosen for port 0. */
  readonly address: { readonly host: string; readonly port: number };
  /** Sends the rest of the present answers, up to a time limit; then ends all connections. */
  stop(): Promise<void>;
}

/**
 * Serves the page on a socket.
 *
 * @throws {Deno.errors.AddrInUse} another process uses the address
 * @throws {Error} the machine does not have the address, or this user may not use the port
 */
export function startWebServer(
  app: Pick<WebApp, "fetch">,
  { host, port }: WebSettings["listen"],
  time: Pick<Time, "sleep">,
): WebServer {
  const end = new AbortController();
  /** The answers that are being sent. */
  const answers = new Set<Promise<void>>();
  const options = {
    hostname: host,
    port,
    signal: end.signal,
    onListen: () => {},
    // Called when the body of an answer breaks off, which is in the log: the runtime would print it with its stack
    onError: () => new Response(null, { status: 500 }),
  };
  const server = Deno.serve(options, (request, info) => {
    const ended = () => void answers.delete(answer);
    const answer = info.completed.then(ended, ended);
    answers.add(answer);
    return app.fetch(request, info);
  });
  return {
    address: { host: server.addr.hostname, port: server.addr.port },
    async stop() {
      await within(Promise.all(answers), stopMs, time);
      // `shutdown` could not be followed by an abort
      end.abort();
      await server.finished;
    },
  };
}
