/**
 * The server of the page for a fleet: what NATS publishes, as JSON and server-sent events.
 *
 * @module
 */
export { type WebApp, webApp } from "./app.ts";
export { LiveFleet } from "./live_fleet.ts";
export { makePageAssets, type PageAsset, type PageAssets } from "./page_assets.ts";
export { addUser, Users, UsersError } from "./users.ts";
export { type VerifyDocument, verifyDocument } from "./verify_document.ts";
export { startWebServer, type WebServer } from "./web_server.ts";
export type { WebEnv } from "./web_env.ts";
export type { WebParts } from "./web_parts.ts";
