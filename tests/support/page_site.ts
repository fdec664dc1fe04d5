import { connect, type ConnectionOptions, type NatsConnection } from "nats";
import { silentLog } from "../../src/base/log.ts";
import { systemTime } from "../../src/base/time.ts";
import type { WebSettings } from "../../src/config/mod.ts";
import { LiveFleet, makePageAssets, startWebServer, webApp, type WebServer } from "../../src/web/mod.ts";
import { ownHost } from "./own_address.ts";
import { pageBundles } from "./page_bundles.ts";

/** The page on a socket, as a browser loads it. */
export interface ServedPage extends AsyncDisposable {
  /** `http://127.0.0.1:4000` */
  readonly origin: string;
  /** The connection of the page to NATS. */
  readonly nats: NatsConnection;
  /** Stops the server of the page; its port stays known, so that `restart` serves at the same address. */
  stop(): Promise<void>;
  restart(): Promise<void>;
}

/** Serves the page of this checkout for the fleet of a NATS server; `await using` ends it. */
export async function servePage(servers: string, options: ConnectionOptions = {}): Promise<ServedPage> {
  await using parts = new AsyncDisposableStack();
  const assets = makePageAssets(await pageBundles(), "test");
  const nats = await connect({ servers, maxReconnectAttempts: -1, reconnectTimeWait: 50, ...options });
  parts.defer(() => nats.close());
  const shared = { nats, prefix: "wattseal", domain: undefined, time: systemTime, log: silentLog } as const;
  let listen: WebSettings["listen"] = { host: ownHost(), port: 0 };
  let live: LiveFleet | undefined;
  let server: WebServer | undefined;
  const stop = async () => {
    live?.stop();
    await server?.stop();
    server = undefined;
  };
  const restart = async () => {
    await stop();
    live = new LiveFleet(nats, shared);
    await live.start();
    const settings: WebSettings = { listen, basePath: "/", hostNames: [] };
    server = startWebServer(webApp({ ...shared, settings, assets, live, users: undefined }), listen, systemTime);
    listen = server.address;
  };
  await restart();
  parts.defer(stop);
  const owned = parts.move();
  const { host, port } = listen;
  return { origin: `http://${host}:${port}`, nats, stop, restart, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}
