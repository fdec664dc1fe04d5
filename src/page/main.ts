/**
 * Shows the page in a browser.
 *
 * @module
 */
import { render } from "preact";
import { pages } from "./pages.ts";
import { App } from "./shell/app.ts";
import { FleetLink } from "./shell/fleet_link.ts";
import { h } from "./shell/html.ts";
import { readPreferences } from "./shell/preferences.ts";
import { Router } from "./shell/router.ts";
import { Server } from "./shell/server.ts";

const base = document.documentElement.dataset["basePath"] ?? "";
const router = new Router(window, base);
const server = new Server({
  base,
  fetch: (input, init) => fetch(input, init),
  loginNeeded: () => {
    const { pathname, search } = location;
    location.assign(`${base}/login?next=${encodeURIComponent(`${pathname}${search}`)}`);
  },
});
const link = new FleetLink({
  open: (lastEventId) => {
    const known = lastEventId === undefined ? "" : `?last_event_id=${encodeURIComponent(lastEventId)}`;
    return new EventSource(server.url(`/api/fleet${known}`));
  },
  // A refused stream has no status; this request shows whether a login is needed
  refused: () => void server.get("/api/faults").catch(() => undefined),
  now: () => Date.now(),
  mono: () => performance.now(),
  every: (ms, call) => {
    const timer = setInterval(call, ms);
    return () => clearInterval(timer);
  },
});
const app = document.getElementById("app");
if (app === null) throw new Error("Cannot show the page: the document has no element with the id app");
// A browser that refuses cookies throws when localStorage is read
const store = {
  getItem: (key: string) => localStorage.getItem(key),
  setItem: (key: string, value: string) => localStorage.setItem(key, value),
};
render(h(App, { router, server, link, pages, store, preferences: readPreferences(store, navigator.languages) }), app);
