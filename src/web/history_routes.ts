import { Hono } from "hono";
import { errorText } from "../base/log.ts";
import { Mutex } from "../base/mutex.ts";
import { apiPrefix } from "../base/stream_names.ts";
import { dayMs, hourMs, minuteMs } from "../base/time.ts";
import { Subjects } from "../contract/mod.ts";
import { findStream } from "../fleet/mod.ts";
import { jetstreamOf } from "../nats/mod.ts";
import type { MeterHistory } from "../view/mod.ts";
import { answerEnd } from "./answer_end.ts";
import { problem } from "./problem.ts";
import { readHistory } from "./read_history.ts";
import type { WebEnv } from "./web_env.ts";
import type { WebParts } from "./web_parts.ts";

/** The longest period of one history. */
const maxPeriodMs = 31 * dayMs;
/** A reading can be stored this time after its own time: the clocks of machines differ. */
const lateMs = 5 * minuteMs;
/** Requests that wait for an earlier one at most. */
const maxWaiting = 20;

/** `/api/meters/SITE/METER/history?from&to`: power and voltage of a meter over a period, from the stream of readings. */
export function historyRoutes(
  parts: Pick<WebParts, "live" | "nats" | "prefix" | "domain" | "time" | "log">,
): Hono<WebEnv> {
  const { live, time, log } = parts;
  // One at a time, so that many open pages do not load the servers more than one does
  const turns = new Mutex();
  const area = new Hono<WebEnv>();
  area.get("/api/meters/:site/:meter/history", async (context) => {
    const { site, meter } = context.req.param();
    // Only names of known meters become part of a subject
    if (live.meter(site, meter) === undefined) {
      return problem(context, 404, "not_found", `No message of meter ${meter} of site ${site} has arrived`);
    }
    const period = periodOf(context.req.query(), time.now());
    if (typeof period === "string") return problem(context, 400, "invalid_period", period);
    if (turns.pending >= maxWaiting) {
      context.header("Retry-After", "10");
      return problem(context, 503, "busy", "The server reads the history of other meters; repeat the request later");
    }
    const gone = answerEnd(context);
    try {
      const history = await turns.run(() => historyOf(parts, { site, meter, ...period }, gone));
      if (history === undefined) {
        return problem(
          context,
          404,
          "no_stream",
          "There is no stream of readings, so there is no history; the setting streams.readings of a node creates one",
        );
      }
      context.header("Cache-Control", "no-store");
      return context.json(history);
    } catch (error) {
      log.warn(`Cannot read the history of meter ${meter} of site ${site}: ${errorText(error)}`);
      return problem(
        context,
        502,
        "failed",
        `Cannot read the stream of readings: ${errorText(error)}. Check the connection to NATS and the permissions`,
      );
    }
  });
  return area;
}

interface Wanted {
  readonly site: string;
  readonly meter: string;
  readonly fromMs: number;
  readonly toMs: number;
}

async function historyOf(
  { nats, prefix, domain, time }: Pick<WebParts, "nats" | "prefix" | "domain" | "time">,
  { site, meter, fromMs, toMs }: Wanted,
  signal: AbortSignal,
): Promise<MeterHistory | undefined> {
  const manager = await jetstreamOf(nats, domain);
  const found = await findStream(manager, prefix, "readings");
  if (found === undefined) return undefined;
  return await readHistory({ nats, time, signal }, {
    stream: found.config.name,
    api: apiPrefix(domain),
    subject: new Subjects(prefix, site).reading(meter),
    fromMs,
    toMs,
    // The clock of the server, too, can differ from that of this machine
    storedToMs: toMs + lateMs < time.now() ? toMs + lateMs : undefined,
  });
}

/** The period of a request, the last hour by default, or what is wrong with it. */
function periodOf(
  { from, to }: Readonly<Record<string, string | undefined>>,
  nowMs: number,
): Pick<Wanted, "fromMs" | "toMs"> | string {
  const toMs = to === undefined ? nowMs : momentOf(to);
  const fromMs = from === undefined ? (toMs ?? nowMs) - hourMs : momentOf(from);
  if (toMs === undefined) return "`to` must be a time, for example 2026-01-31T08:00:00Z";
  if (fromMs === undefined) return "`from` must be a time, for example 2026-01-31T08:00:00Z";
  if (fromMs >= toMs) return "`from` must be before `to`";
  if (toMs - fromMs > maxPeriodMs) return `\`from\` may be at most ${maxPeriodMs / dayMs} days before \`to\``;
  return { fromMs, toMs };
}

/** A time with its offset, in milliseconds since 1970; undefined: the text is none. */
function momentOf(text: string): number | undefined {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/.test(text)) return undefined;
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? undefined : ms;
}
