import { systemTime, type Time } from "../base/time.ts";
import { checkBroker } from "./broker.ts";
import { checkClock } from "./clock.ts";
import { checkCredentials } from "./credentials.ts";
import { checkDevices } from "./devices.ts";
import { checkDisk } from "./disk.ts";
import { checkEverest } from "./everest.ts";
import type { Examined } from "./examined.ts";
import type { Finding } from "./finding.ts";
import { checkJournal } from "./journal.ts";
import { checkLatencyTimers } from "./latency_timer.ts";
import { checkMetricsPage } from "./metrics_page.ts";
import { checkPermissions } from "./permissions.ts";
import { checkService } from "./service_check.ts";
import { checkWebPage } from "./web_page.ts";

/** Runs all checks. It changes nothing, opens no device and takes no lock, so a service may run meanwhile. */
export async function* examine(examined: Examined, time: Time = systemTime): AsyncGenerator<Finding> {
  yield* await checkService(examined);
  yield* checkDevices(examined);
  yield* checkPermissions(examined);
  yield* checkLatencyTimers(examined);
  yield* checkClock(examined);
  yield* checkCredentials(examined);
  yield* await checkBroker(examined, time);
  yield* checkDisk(examined);
  yield* checkJournal(examined);
  yield* await checkMetricsPage(examined);
  yield* await checkWebPage(examined);
  yield* checkEverest(examined);
}
