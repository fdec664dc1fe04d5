import { silentLog } from "../../../src/base/log.ts";
import { loadConfig, type Settings } from "../../../src/config/mod.ts";
import { Service } from "../../../src/service.ts";
import { SimulatedMeter } from "../../../src/simulator/mod.ts";
import { freeAddress } from "../../support/own_address.ts";
import { openSite, type Site } from "../../support/site.ts";
import { nodeFault, valueOf, working } from "./expectations.ts";
import { prometheusTest, prometheusTools } from "./prometheus_tools.ts";
import { failureCases, RuleCases } from "./rule_case.ts";
import { ScrapedPage } from "./scraped_page.ts";

const tools = await prometheusTools();

/** The settings of a site with other words in its file. */
async function settingsOf(site: Site, from: string, to: string): Promise<Settings> {
  const text = (await Deno.readTextFile(site.config)).replaceAll(from, to);
  return loadConfig(text, { path: site.config, env: () => undefined });
}

prometheusTest(
  "the alert of the clock fires while the kernel reports it as unsynchronised",
  tools,
  async ({ promtool }) => {
    const address = freeAddress();
    await using site = await openSite({
      initialTimeoutMs: 200,
      meters: [new SimulatedMeter({ unit: 1 })],
      topKeys: `metrics: { listen: "${address}" }\n`,
    });
    const scraped = new ScrapedPage(address);
    /** @returns the pages of a service whose kernel reports this */
    const pagesWith = async (synchronised: boolean, requireSync: boolean) => {
      const settings = await settingsOf(site, "require_sync: false", `require_sync: ${requireSync}`);
      const service = await Service.start(settings, { log: silentLog, clockSynchronised: () => synchronised });
      try {
        const hasFault = nodeFault("ClockNotSynchronised", !synchronised && requireSync);
        await scraped.until(working("evse-1"), hasFault);
        return await scraped.state();
      } finally {
        await service.stop();
      }
    };
    const cases = new RuleCases();
    const add = failureCases(cases, await pagesWith(true, true));
    const alerts = { 14: [], 16: ["WattsealClockNotSynchronised"], 59: ["WattsealClockNotSynchronised"] };
    const including = ["wattseal_clock_synchronised"] as const;
    const unsynchronised = await pagesWith(false, true);
    add("a clock that is not synchronised", unsynchronised, alerts, { including });
    add("the fault of the clock", unsynchronised, alerts);
    add("a clock that is not synchronised, without require_sync", await pagesWith(false, false), alerts, { including });
    await cases.check(promtool);
  },
);

prometheusTest("the alert of a busy line fires for a line that has no time left", tools, async ({ promtool }) => {
  const address = freeAddress();
  await using site = await openSite({
    initialTimeoutMs: 200,
    meters: [1, 2, 3, 4].map((unit) => new SimulatedMeter({ unit })),
    line: { paced: true, baudrate: 9600 },
    meterKeys: "live_measurement_interval_ms: 4000",
    topKeys: `metrics: { listen: "${address}" }\n`,
  });
  await Deno.writeTextFile(
    site.config,
    (await Deno.readTextFile(site.config)).replace("115200", "9600").replace("timeout_ms: 200", "timeout_ms: 1000"),
  );
  const service = await Service.start(await settingsOf(site, "", ""), { log: silentLog });
  try {
    const scraped = new ScrapedPage(address);
    const online = working(...[1, 2, 3, 4].map((unit) => `evse-${unit}`));
    const utilisation = (line: ReadonlyMap<string, number>) => valueOf(line, "wattseal_line_utilisation_ratio") ?? NaN;
    await scraped.until(online, (values) => utilisation(values) < 0.7);
    const cases = new RuleCases();
    const add = failureCases(cases, await scraped.state());
    const often = await settingsOf(site, "interval_ms: 4000", "interval_ms: 500");
    await service.reload(() => Promise.resolve(often));
    await scraped.until(online, (values) => utilisation(values) > 0.9);
    add("a line without time", await scraped.state(), {
      14: [],
      26: ["WattsealLineSaturated"],
      59: ["WattsealLineSaturated"],
    });
    await cases.check(promtool);
  } finally {
    await service.stop();
  }
});
