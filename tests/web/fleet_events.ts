import type { NatsConnection } from "nats";
import type { MeterRow } from "../../src/view/mod.ts";
import { EventReader } from "../support/event_reader.ts";
import type { WebSite } from "../support/web_site.ts";

/** Stores a state: `berlin.evse-1.status`. */
export async function store(nats: NatsConnection, subject: string, payload: object): Promise<void> {
  await nats.jetstream().publish(`wattseal.${subject}`, JSON.stringify(payload));
}

/** Opens the events of a page. */
export async function events({ app }: Pick<WebSite, "app">, lastEventId?: string): Promise<EventReader> {
  const headers = lastEventId === undefined ? {} : { "Last-Event-ID": lastEventId };
  return new EventReader(await app.request("/api/fleet", { headers }));
}

/** The meters of rows: `berlin.evse-1`. */
export const names = (rows: readonly Pick<MeterRow, "site" | "meter">[] = []): string[] =>
  rows.map((row) => `${row.site}.${row.meter}`);
