import { timestamp } from "../base/time.ts";
import { version } from "../base/version.ts";
import type { ControlReply } from "../control/mod.ts";
import type { Service } from "../service.ts";
import type { HealthReport } from "./health_text.ts";

/** The answer of the service to `health`. */
export function healthReply(site: string, service: Service): ControlReply {
  const lines = service.stats();
  const report: HealthReport = {
    site,
    version,
    lines: lines.length,
    meters: lines.reduce((count, { meters }) => count + meters.length, 0),
    problems: service.health().map(({ sinceMs, ...problem }) => ({
      ...problem,
      ...(sinceMs === undefined ? {} : { since: timestamp(sinceMs) }),
    })),
  };
  return { ok: true, ...report };
}
