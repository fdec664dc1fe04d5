import { Hono } from "hono";
import { type SSEStreamingApi, streamSSE } from "hono/streaming";
import { timestamp } from "../base/time.ts";
import { answerEnd } from "./answer_end.ts";
import type { LiveFleet } from "./live_fleet.ts";
import { problem } from "./problem.ts";
import type { WebEnv } from "./web_env.ts";
import type { WebParts } from "./web_parts.ts";

/** Streams at the same time. */
const maxStreams = 500;
/** Without a change for this time, an event `beat` with the clock of the server shows that the connection is alive. */
const beatMs = 15_000;
/** How long a browser waits before it connects again. */
const retryMs = 2_000;

/** `/api/fleet`: the state of the fleet as server-sent events. */
export function fleetRoutes({ live, time }: Pick<WebParts, "live" | "time">): Hono<WebEnv> {
  const area = new Hono<WebEnv>();
  let streams = 0;
  area.get("/api/fleet", (context) => {
    // Nobody would read the stream of a request without a body
    if (context.req.method === "HEAD") return context.body(null, 200, { "Content-Type": "text/event-stream" });
    if (streams >= maxStreams) {
      context.header("Retry-After", "30");
      return problem(context, 503, "busy", `The server already has ${maxStreams} open pages; close some, or wait`);
    }
    streams++;
    const last = versionIn(context.req.header("Last-Event-ID"), live);
    // Proxies would hold back events otherwise
    context.header("X-Accel-Buffering", "no");
    return streamSSE(context, async (stream) => {
      try {
        await sendChanges(stream, { live, time, last, ended: answerEnd(context) });
      } finally {
        streams--;
      }
    });
  });
  return area;
}

interface SendOptions extends Pick<WebParts, "live" | "time"> {
  /** The version that the client has; undefined: none. */
  readonly last: number | undefined;
  /** Aborted when the client is gone. */
  readonly ended: AbortSignal;
}

/** Sends the changes after a version until the client is gone. A slow client gets several changes as one. */
async function sendChanges(stream: SSEStreamingApi, { live, time, last, ended }: SendOptions): Promise<void> {
  const gone = new AbortController();
  stream.onAbort(() => gone.abort());
  const signal = AbortSignal.any([gone.signal, ended]);
  await stream.write(`retry: ${retryMs}\n\n`);
  let sent = last;
  while (!signal.aborted && !live.isStopped) {
    const version = live.version;
    if (version === sent) await stream.writeSSE({ event: "beat", data: timestamp(time.now()) });
    else {
      const change = sent === undefined ? undefined : live.changesAfter(sent);
      const message = change === undefined
        ? { event: "snapshot", data: live.snapshot() }
        : { event: "change", data: change };
      await stream.writeSSE({ ...message, id: `${live.id}-${version}` });
    }
    sent = version;
    await live.changed(version, beatMs, signal);
  }
}

/** The version in the id of an event of this process; undefined: of another one, or none. */
function versionIn(id: string | undefined, live: LiveFleet): number | undefined {
  const [, process, version] = /^([\w-]+)-(\d{1,15})$/.exec(id ?? "") ?? [];
  return process === live.id ? Number(version) : undefined;
}
