import { type Context, Hono } from "hono";
import { deniedIn, deniedText, jetstreamReason } from "../nats/mod.ts";
import { sessionQuery, SessionQueryError } from "../view/mod.ts";
import { answerEnd } from "./answer_end.ts";
import { ClientPlaces } from "./client_places.ts";
import { problem } from "./problem.ts";
import { BusyRecordStreamError, NoRecordStreamError } from "./record_stream.ts";
import { SessionPages } from "./session_pages.ts";
import { timedBody } from "./timed_body.ts";
import type { WebEnv } from "./web_env.ts";
import type { WebParts } from "./web_parts.ts";

type RoutesParts = Pick<WebParts, "nats" | "prefix" | "domain" | "time" | "log">;

/** `/api/sessions`, `/api/sessions.csv`, `/api/records`: the records of the fleet. */
export function sessionRoutes(parts: RoutesParts): Hono<WebEnv> {
  const { time, log } = parts;
  const pages = new SessionPages(parts);
  // Fewer than searches, so that slow downloads do not hold all places of searches
  const downloads = new ClientPlaces({ all: 20, each: 3, name: "downloads of sessions" });
  const routes = new Hono<WebEnv>();
  routes.onError((error, context) => failed(context, error, parts));
  routes.get("/api/sessions", async (context) => {
    const query = sessionQuery(new URL(context.req.url).searchParams);
    return uncached(context.json(await pages.page(query)));
  });
  routes.get("/api/sessions.csv", async (context) => {
    const { limit: _, ...query } = sessionQuery(new URL(context.req.url).searchParams);
    const csvHeaders = {
      "content-type": "text/csv; charset=utf-8",
      "content-disposition": 'attachment; filename="sessions.csv"',
    };
    // Nobody would read the lines of a request without a body
    if (context.req.method === "HEAD") return uncached(context.body(null, 200, csvHeaders));
    const leave = downloads.take(context);
    if (leave instanceof Response) return leave;
    const ended = answerEnd(context);
    const search = new AbortController();
    const onEnd = () => {
      leave();
      search.abort();
    };
    try {
      const lines = await pages.csv(query, search.signal);
      const body = timedBody(() => encoded(lines), { time, log, what: "sessions as CSV", ended, onEnd });
      return uncached(context.body(body, 200, csvHeaders));
    } catch (error) {
      onEnd();
      throw error;
    }
  });
  routes.get("/api/records/:seq{[0-9]+}", async (context) => {
    const seq = Number(context.req.param("seq"));
    const view = await pages.record(seq, { isOpen: false });
    return view === undefined ? absent(context, seq) : uncached(context.json(view));
  });
  routes.post("/api/records/:seq{[0-9]+}/identification", async (context) => {
    const seq = Number(context.req.param("seq"));
    const view = await pages.record(seq, { isOpen: true });
    if (view === undefined) return absent(context, seq);
    const { id: record, site, meter } = view.row;
    const [user, address] = [context.get("user"), context.get("clientAddress")];
    // On this level, because a log without the lines on level info needs it, too
    parts.log.warn("The identification in a record was shown", { record, site, meter, seq, user, address });
    return uncached(context.json(view));
  });
  return routes;
}

/** Records are personal data: neither a browser nor a proxy may keep them. */
function uncached(response: Response): Response {
  response.headers.set("cache-control", "no-store");
  return response;
}

function absent(context: Context, seq: number): Response {
  return problem(context, 404, "not_found", `The stream of records has no record ${seq}; it may be removed by its age`);
}

function failed(context: Context, error: Error, { domain, log }: RoutesParts): Response {
  if (error instanceof SessionQueryError) return problem(context, 400, "invalid_query", error.message);
  if (error instanceof NoRecordStreamError) return problem(context, 503, "no_stream", error.message);
  if (error instanceof BusyRecordStreamError) return problem(context, 503, "busy", error.message);
  const denied = deniedIn(error);
  const reason = denied === undefined
    ? jetstreamReason(error, { domain })
    : deniedText(denied, "grant it to this user");
  log.warn(`Cannot read records for ${context.req.method} ${context.req.path}: ${reason}`);
  return problem(context, 503, "unavailable", `Cannot read records: ${reason}`);
}

async function* encoded(
  lines: AsyncGenerator<string, void, void>,
): AsyncGenerator<Uint8Array<ArrayBuffer>, void, void> {
  const encoder = new TextEncoder();
  for await (const line of lines) yield encoder.encode(line);
}
