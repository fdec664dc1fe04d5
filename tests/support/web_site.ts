import { connect, type ConnectionOptions, type NatsConnection } from "nats";
import { type Log, silentLog } from "../../src/base/log.ts";
import { systemTime, type Time } from "../../src/base/time.ts";
import type { WebSettings } from "../../src/config/mod.ts";
import { streamConfig, type StreamKind, streamKinds } from "../../src/nats/mod.ts";
import { LiveFleet, type PageAssets, Users, type WebApp, webApp } from "../../src/web/mod.ts";
import { type NatsServer, startNatsServer } from "./nats_server.ts";

/** The server of the page without a socket, on a NATS server with the three streams. */
export interface WebSite extends AsyncDisposable {
  readonly server: NatsServer;
  /** The connection of the page, which a test may use too. */
  readonly nats: NatsConnection;
  readonly app: WebApp;
  readonly live: LiveFleet;
  /** Publishes a payload, and resolves when the page has received it: `berlin.evse-1.status`. */
  publish(subject: string, payload: object): Promise<void>;
}

/** Options of the server of the page. */
export interface WebSiteOptions {
  /** Settings that differ from the defaults. */
  readonly settings?: Partial<WebSettings>;
  /** @default the clock of the machine */
  readonly time?: Time;
  readonly log?: Log;
  readonly assets?: PageAssets;
  /** Options of the connection. @default those of the library */
  readonly connection?: ConnectionOptions;
  /** Publishes before the page begins to follow the fleet. */
  readonly before?: (nats: NatsConnection) => Promise<void>;
  /** @default the three streams of all sites */
  readonly streams?: readonly StreamKind[];
}

const noAssets: PageAssets = {
  script: "page-0.js",
  style: "page-0.css",
  files: new Map([
    ["page-0.js", { contentType: "text/javascript; charset=utf-8", body: "" }],
    ["page-0.css", { contentType: "text/css; charset=utf-8", body: "" }],
  ]),
  version: "0.0.0",
  verifyDocument: "",
};

/** Starts a NATS server and the server of the page; `await using` stops them. */
export async function openWebSite(
  { settings, time = systemTime, log = silentLog, assets = noAssets, connection, before, streams = streamKinds }:
    WebSiteOptions = {},
): Promise<WebSite> {
  await using parts = new AsyncDisposableStack();
  const server = parts.use(await startNatsServer());
  const nats = await connect({ servers: server.address, ...connection });
  parts.defer(() => nats.close());
  const manager = await nats.jetstreamManager();
  for (const kind of streams) {
    await manager.streams.add(streamConfig("wattseal", kind, { enabled: true, replicas: 1, maxAgeDays: 0 }));
  }
  await before?.(nats);
  const live = new LiveFleet(nats, { prefix: "wattseal", domain: undefined, time, log });
  await live.start();
  parts.defer(() => live.stop());
  const web: WebSettings = { listen: { host: "127.0.0.1", port: 8780 }, basePath: "/", hostNames: [], ...settings };
  const users = web.passwordHashFile === undefined ? undefined : new Users(web.passwordHashFile);
  const app = webApp({ nats, prefix: "wattseal", domain: undefined, time, log, settings: web, assets, live, users });
  const owned = parts.move();
  return {
    server,
    nats,
    app,
    live,
    publish: async (subject, payload) => {
      nats.publish(`wattseal.${subject}`, JSON.stringify(payload));
      // The server sends messages to this connection before its answer
      await nats.flush();
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
