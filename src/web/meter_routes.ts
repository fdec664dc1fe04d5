import { Hono } from "hono";
import { errorText } from "../base/log.ts";
import { timestamp } from "../base/time.ts";
import type { PublicKeyPayload } from "../contract/mod.ts";
import { keyFingerprint } from "../ocmf/mod.ts";
import type { MeterDetail, ShownKey } from "../view/mod.ts";
import type { LiveMeter } from "./live_rows.ts";
import { problem } from "./problem.ts";
import { readPublicKey } from "./read_public_key.ts";
import { nodeRow } from "./shown_rows.ts";
import type { WebEnv } from "./web_env.ts";
import type { WebParts } from "./web_parts.ts";

/** `/api/meters/SITE/METER`: all that is known about one meter. */
export function meterRoutes(
  parts: Pick<WebParts, "live" | "nats" | "prefix" | "domain" | "time" | "log">,
): Hono<WebEnv> {
  const { live, time, log } = parts;
  const area = new Hono<WebEnv>();
  area.get("/api/meters/:site/:meter", async (context) => {
    const { site, meter: name } = context.req.param();
    // Only names of known meters become part of a subject
    const known = live.meter(site, name);
    if (known === undefined) {
      return problem(context, 404, "not_found", `No message of meter ${name} of site ${site} has arrived`);
    }
    const key = await readPublicKey(parts, site, name).catch((error) => {
      log.warn(`Cannot read the public key of meter ${name} of site ${site}: ${errorText(error)}`);
      return undefined;
    });
    context.header("Cache-Control", "no-store");
    return context.json(
      {
        at: timestamp(time.now()),
        connection: live.connection,
        ...knownDetail(known),
        ...(key === undefined ? {} : { publicKey: shownKey(key) }),
      } satisfies MeterDetail,
    );
  });
  return area;
}

function knownDetail({ meter, node, row }: LiveMeter): Omit<MeterDetail, "at" | "connection"> {
  const statistics = node?.status.meter_stats[meter.meter];
  return {
    row,
    ...(meter.reading === undefined ? {} : { reading: meter.reading }),
    ...(meter.status === undefined ? {} : { status: meter.status }),
    ...(node === undefined ? {} : { node: nodeRow(node) }),
    ...(statistics === undefined ? {} : { statistics }),
  };
}

function shownKey(payload: PublicKeyPayload): ShownKey {
  const fingerprint = keyFingerprint(payload.public_key);
  return { payload, ...(fingerprint === undefined ? {} : { fingerprint }) };
}
