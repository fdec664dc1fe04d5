import type { NatsConnection } from "nats";
import type { Log } from "../base/log.ts";
import { systemTime } from "../base/time.ts";
import type { WebSettings } from "../config/mod.ts";
import { LiveFleet, startWebServer, type Users, webApp, type WebServer } from "../web/mod.ts";
import type { Bus } from "./bus_client.ts";
import { loadPageAssets } from "./page_assets.ts";

/** What the page shows, and how it is served. */
export interface PageServiceOptions {
  readonly nats: NatsConnection;
  readonly bus: Pick<Bus, "prefix" | "jetstream">;
  readonly web: WebSettings;
  /** Who may log in; undefined: there are no passwords. */
  readonly users: Users | undefined;
  readonly log: Log;
}

/** Follows the fleet and serves its page, until `stop`. @throws the errors of `startWebServer` */
export async function startPage({ nats, bus, web, users, log }: PageServiceOptions): Promise<WebServer> {
  const { prefix, jetstream: { domain } } = bus;
  const time = systemTime;
  const assets = await loadPageAssets();
  const live = new LiveFleet(nats, { prefix, domain, time, log });
  const app = webApp({ nats, prefix, domain, time, log, settings: web, assets, live, users });
  const server = startWebServer(app, web.listen, time);
  await live.start();
  return {
    address: server.address,
    async stop() {
      live.stop();
      await server.stop();
    },
  };
}
