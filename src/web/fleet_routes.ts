import { Hono } from "hono";
import { answerEnd } from "./answer_end.ts";
import { ClientPlaces } from "./client_places.ts";
import { FleetEvents } from "./fleet_events.ts";
import type { LiveFleet } from "./live_fleet.ts";
import { timedBody } from "./timed_body.ts";
import type { WebEnv } from "./web_env.ts";
import type { WebParts } from "./web_parts.ts";

/** Without a change for this time, an event `beat` with the clock of the server shows that the connection is alive. */
const beatMs = 15_000;
/** The clock of the server in an older event is wrong. */
const freshMs = 1_000;
/** How long a browser waits before it connects again. */
const retryMs = 2_000;

/** `/api/fleet`: the state of the fleet as server-sent events. */
export function fleetRoutes({ live, time, log }: Pick<WebParts, "live" | "time" | "log">): Hono<WebEnv> {
  const area = new Hono<WebEnv>();
  const events = new FleetEvents(live, time);
  const places = new ClientPlaces({ all: 500, each: 20, name: "open pages" });
  area.get("/api/fleet", (context) => {
    const headers = {
      "Content-Type": "text/event-stream",
      "Cache-Control": "no-cache",
      // Proxies would hold back events otherwise
      "X-Accel-Buffering": "no",
    };
    // Nobody would read the stream of a request without a body
    if (context.req.method === "HEAD") return context.body(null, 200, headers);
    const onEnd = places.take(context);
    if (onEnd instanceof Response) return onEnd;
    // A page that opens a new stream cannot set the header; a browser that reopens it sets a newer one
    const known = versionIn(context.req.header("Last-Event-ID") ?? context.req.query("last_event_id"), live);
    const body = timedBody((gone) => stream({ live, time, events, known, gone }), {
      time,
      log,
      what: "the state of the fleet",
      ended: answerEnd(context),
      onEnd,
    });
    return context.body(body, 200, headers);
  });
  return area;
}

interface StreamOptions extends Pick<WebParts, "live" | "time"> {
  readonly events: FleetEvents;
  /** The version that the client has; undefined: none. */
  readonly known: number | undefined;
  /** Aborted when the client is gone. */
  readonly gone: AbortSignal;
}

/** The events after a version. A slow client gets several changes as one. */
async function* stream(
  { live, time, events, known, gone }: StreamOptions,
): AsyncGenerator<Uint8Array<ArrayBuffer>, void, void> {
  yield new TextEncoder().encode(`retry: ${retryMs}\n\n`);
  let sent = known;
  while (!gone.aborted && !live.isStopped) {
    const { version, madeAtMs, bytes } = events.next(sent);
    yield bytes;
    sent = version;
    // The present time, or what has changed, follows an old event at once
    if (time.mono() - madeAtMs < freshMs) await live.changed(version, beatMs, gone);
  }
}

/** The version in the id of an event of this process; undefined: of another one, or none. */
function versionIn(id: string | undefined, live: LiveFleet): number | undefined {
  const [, process, version] = /^([\w-]+)-(\d{1,15})$/.exec(id ?? "") ?? [];
  return process === live.id ? Number(version) : undefined;
}
