import { silentLog } from "../../../src/base/log.ts";
import { loadConfig } from "../../../src/config/mod.ts";
import { Service } from "../../../src/service.ts";
import { SimulatedMeter } from "../../../src/simulator/mod.ts";
import { freeAddress } from "../../support/own_address.ts";
import { openSite } from "../../support/site.ts";
import type { MetricsPage } from "../metrics_page.ts";
import { Timeline } from "../timeline.ts";
import { working } from "./expectations.ts";
import { prometheusTest, prometheusTools } from "./prometheus_tools.ts";
import { RuleCases } from "./rule_case.ts";
import { ScrapedPage } from "./scraped_page.ts";

prometheusTest(
  "alerts of starts fire for a service that is started often",
  await prometheusTools(),
  async ({ promtool }) => {
    const address = freeAddress();
    await using site = await openSite({
      initialTimeoutMs: 200,
      meters: [new SimulatedMeter({ unit: 1 })],
      topKeys: `metrics: { listen: "${address}" }\n`,
    });
    const settings = loadConfig(await Deno.readTextFile(site.config), { path: site.config, env: () => undefined });
    const scraped = new ScrapedPage(address);
    const starts: MetricsPage[] = [];
    while (starts.length < 9) {
      const service = await Service.start(settings, { log: silentLog });
      try {
        starts.push(await scraped.until(working("evse-1")));
      } finally {
        await service.stop();
      }
    }

    const cases = new RuleCases();
    const loop = new Timeline().hold(starts.slice(0, 1), 20);
    for (const page of starts.slice(1)) loop.add([undefined, page]);
    cases.add("a loop of starts", loop.hold(starts.slice(-1), 30), [
      { minute: 20, alerts: [] },
      { minute: 35, alerts: ["WattsealRestarts", "WattsealStartLoop"] },
      { minute: 60, alerts: ["WattsealRestarts"] },
    ]);
    const eachHour = (count: number) => {
      const timeline = new Timeline();
      for (const page of starts.slice(0, 1 + count)) timeline.hold([page], 60).add([undefined]);
      return timeline;
    };
    cases.add("five restarts within some hours", eachHour(5), [
      { minute: 130, alerts: [] },
      { minute: 355, alerts: ["WattsealRestarts"] },
    ]);
    cases.add("two restarts within some hours", eachHour(2), [{ minute: 65, alerts: [] }, { minute: 175, alerts: [] }]);
    await cases.check(promtool);
  },
);
