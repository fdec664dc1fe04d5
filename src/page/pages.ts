import { fleetPage, homePage } from "./fleet/fleet_page.ts";
import { meterPage } from "./meter/meter_page.ts";
import { recordPage } from "./record/record_page.ts";
import { sessionsPage } from "./sessions/sessions_page.ts";
import type { Page } from "./shell/page.ts";
import { verifyPage } from "./verify/verify_page.ts";

/** All pages, in the order of the navigation. */
export const pages: readonly Page[] = [homePage, fleetPage, meterPage, sessionsPage, recordPage, verifyPage];
