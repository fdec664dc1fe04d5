import type { NatsConnection } from "nats";
import type { Log } from "../base/log.ts";
import type { Time } from "../base/time.ts";
import type { WebSettings } from "../config/mod.ts";
import type { LiveFleet } from "./live_fleet.ts";
import type { PageAssets } from "./page_assets.ts";
import type { Users } from "./users.ts";

/** The parts of the page's server. */
export interface WebParts {
  readonly nats: NatsConnection;
  /** Prefix of all subjects. */
  readonly prefix: string;
  /** JetStream domain; undefined: that of the connected server. */
  readonly domain: string | undefined;
  readonly time: Time;
  readonly log: Log;
  readonly settings: WebSettings;
  readonly assets: PageAssets;
  /** The state of the fleet. */
  readonly live: LiveFleet;
  /** Who may log in; undefined: there are no passwords. */
  readonly users: Users | undefined;
}
