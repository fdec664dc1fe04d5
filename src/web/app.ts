import { Hono } from "hono";
import { errorText } from "../base/log.ts";
import { accessGate } from "./access_gate.ts";
import { allowedHost } from "./allowed_host.ts";
import { clientOf } from "./client_of.ts";
import { faultRoutes } from "./fault_routes.ts";
import { fleetRoutes } from "./fleet_routes.ts";
import { historyRoutes } from "./history_routes.ts";
import { limitedBody } from "./limited_body.ts";
import { LoginCookie } from "./login_cookie.ts";
import { LoginSessions } from "./login_sessions.ts";
import { loginStyleHash } from "./login_page.ts";
import { loginRoutes } from "./login_routes.ts";
import { meterRoutes } from "./meter_routes.ts";
import { pageRoutes } from "./page_routes.ts";
import { problem } from "./problem.ts";
import { sameOrigin } from "./same_origin.ts";
import { securityHeaders } from "./security_headers.ts";
import { sessionRoutes } from "./session_routes.ts";
import type { WebEnv } from "./web_env.ts";
import type { WebParts } from "./web_parts.ts";

/** The server of the page, without a socket. */
export type WebApp = Pick<Hono<WebEnv>, "fetch" | "request">;

/**
 * The server of the page: everything below `base_path`. It has no socket; pass its `fetch` to one, with the information
 * about the connection.
 */
export function webApp(parts: WebParts): WebApp {
  const { settings, log } = parts;
  const logins = new LoginSessions(parts.time);
  const cookie = new LoginCookie(settings);
  const app = new Hono<WebEnv>({ strict: false }).basePath(settings.basePath);
  app.use(
    securityHeaders([loginStyleHash]),
    clientOf(settings),
    allowedHost(settings),
    sameOrigin(),
    limitedBody(),
    accessGate(parts, { logins, cookie }),
  );
  const areas = [
    loginRoutes(parts, { logins, cookie }),
    fleetRoutes(parts),
    meterRoutes(parts),
    historyRoutes(parts),
    faultRoutes(),
    sessionRoutes(parts),
    // Last, because every other path is one of the page
    pageRoutes(parts),
  ];
  for (const area of areas) app.route("/", area);
  app.onError((error, context) => {
    log.error(`Cannot answer ${context.req.method} ${context.req.path}: ${errorText(error)}`);
    return problem(context, 500, "failed", "The server cannot answer this request; its log has the reason");
  });
  return app;
}
