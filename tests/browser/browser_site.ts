import { headers } from "nats";
import type { LogFields } from "../../src/base/log.ts";
import { silentLog } from "../../src/base/log.ts";
import { systemTime } from "../../src/base/time.ts";
import { startWebServer } from "../../src/web/mod.ts";
import { ownHost } from "../support/own_address.ts";
import { openWebSite, type WebSite } from "../support/web_site.ts";
import type { PublishedSample } from "../web/record_site.ts";
import { pageAssets } from "./page_assets.ts";

/** The server of the page on a socket, for a browser, with records in its stream. */
export interface BrowserSite extends AsyncDisposable {
  readonly url: string;
  readonly web: WebSite;
  readonly log: readonly { readonly message: string; readonly fields: LogFields }[];
  publish(...samples: readonly PublishedSample[]): Promise<void>;
  publishRaw(subject: string, data: string, id?: string): Promise<void>;
}

/** Starts it; `await using` stops it. */
export async function openBrowserSite(): Promise<BrowserSite> {
  await using parts = new AsyncDisposableStack();
  const lines: { message: string; fields: LogFields }[] = [];
  const log = { ...silentLog, warn: (message: string, fields: LogFields = {}) => void lines.push({ message, fields }) };
  const web = parts.use(await openWebSite({ assets: await pageAssets(), log }));
  const server = startWebServer(web.app, { host: ownHost(), port: 0 }, systemTime);
  parts.defer(() => server.stop());
  parts.defer(() => web.live.stop());
  const publishRaw = async (subject: string, data: string, id?: string) => {
    const named = headers();
    if (id !== undefined) named.set("Nats-Msg-Id", id);
    await web.nats.jetstream().publish(subject, data, { headers: named });
  };
  const owned = parts.move();
  return {
    url: `http://${server.address.host}:${server.address.port}`,
    web,
    log: lines,
    publishRaw,
    publish: async (...samples) => {
      for (const { subject, id, payload } of samples) await publishRaw(subject, JSON.stringify(payload), id);
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
