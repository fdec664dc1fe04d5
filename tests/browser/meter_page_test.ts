import assert from "node:assert/strict";
import type { Browser } from "playwright-core";
import { loadConfig } from "../../src/config/mod.ts";
import { silentLog } from "../../src/base/log.ts";
import { Service } from "../../src/service.ts";
import { SimulatedMeter } from "../../src/simulator/mod.ts";
import { axeViolations, browserTest, type OpenedPage, openPage } from "../support/chromium.ts";
import { type ServedPage, servePage } from "../support/page_site.ts";
import { ask, askUntilOk, openSite, type Site } from "../support/site.ts";

/** A page for a real service with simulated meters. */
interface Bench extends AsyncDisposable {
  readonly site: Site;
  readonly served: ServedPage;
  readonly opened: OpenedPage;
  readonly meter: SimulatedMeter;
}

async function openBench(browser: Browser, options: Parameters<typeof openPage>[1] = {}): Promise<Bench> {
  await using parts = new AsyncDisposableStack();
  const meter = new SimulatedMeter({ unit: 1, load: "still" });
  const site = parts.use(
    await openSite({
      meters: [meter],
      initialTimeoutMs: 200,
      meterKeys: "communication_error_pause_delay_s: 1, communication_retry_delay_ms: 10, communication_retry_count: 1",
    }),
  );
  const settings = loadConfig(await Deno.readTextFile(site.config), { path: site.config, env: () => undefined });
  const service = await Service.start(settings, { log: silentLog });
  parts.defer(() => service.stop());
  await service.metersTried;
  const served = parts.use(await servePage(site.server.address));
  const opened = parts.use(await openPage(browser, { locale: "en-GB", ...options }));
  await opened.page.goto(`${served.origin}/meter/test/evse-1`);
  await opened.page.getByRole("heading", { name: "evse-1" }).waitFor();
  const owned = parts.move();
  return { site, served, opened, meter, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

function assertClean({ opened, served }: Bench): void {
  assert.deepEqual(opened.problems, []);
  assert.deepEqual(opened.foreignRequests(served.origin), []);
}

browserTest("the meter page shows values, key, statistics and history of a real service", async (browser) => {
  await using bench = await openBench(browser);
  const { opened: { page }, site } = bench;
  const values = page.getByRole("region", { name: "Values" });
  await values.getByRole("row", { name: /Voltage/ }).getByText(/^2\d\d\.\d\u202fV$/).first().waitFor();
  const { public_key: key = "" } = await ask(site.client, 1, "public_key.get", {});
  await page.getByText(key).waitFor();
  await page.getByText(/^[0-9a-f]{64}$/).waitFor();
  await page.getByRole("region", { name: "Line and node" }).getByText("rs485-1").waitFor();
  await page.getByRole("img", { name: /^Power: Minimum .* maximum / }).waitFor();
  await page.getByRole("button", { name: "Last day" }).click();
  await page.getByRole("img", { name: /^Voltage: Minimum .* maximum / }).waitFor();
  assert.equal(new URL(page.url()).search, "?period=day");
  assertClean(bench);
});

browserTest(
  "the meter page follows a transaction from its start to its end, and a fault with its remedy",
  async (browser) => {
    await using bench = await openBench(browser);
    const { opened: { page }, site, meter } = bench;
    const now = page.getByRole("region", { name: "Now" });
    await askUntilOk(site.client, 1, "transaction.start", {
      evse_id: "DE*ABC*E1",
      transaction_id: "tx-1",
      identification_status: "NOT_ASSIGNED",
      identification_type: "NONE",
      identification_flags: [],
    });
    await now.getByText("Charging").waitFor();
    await now.getByRole("link", { name: "tx-1" }).waitFor();
    await askUntilOk(site.client, 1, "transaction.stop", { transaction_id: "tx-1" });
    await now.getByText("Finished").waitFor();
    meter.powerOff();
    const faults = page.getByRole("region", { name: "Faults" });
    await faults.getByText("CommunicationError").waitFor();
    await faults.getByText(/Check wiring/).waitFor();
    meter.powerOn();
    await faults.waitFor({ state: "detached" });
    assertClean(bench);
  },
);

browserTest(
  "the meter page has no violation of accessibility, light and dark, on a phone and on a wide screen",
  async (browser) => {
    await using bench = await openBench(browser);
    const { page } = bench.opened;
    await page.getByRole("img", { name: /^Power: / }).waitFor();
    for (const [colorScheme, width] of [["light", 390], ["dark", 1600]] as const) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height: 900 });
      assert.deepEqual(await axeViolations(page), [], colorScheme);
      const overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth";
      assert.equal(await page.evaluate(overflow), 0);
    }
    assertClean(bench);
  },
);

browserTest("a meter that is not known is named as such", async (browser) => {
  await using bench = await openBench(browser);
  const { page } = bench.opened;
  await page.goto(`${bench.served.origin}/meter/test/evse-99`);
  await page.getByRole("alert").getByText("No such meter is known").waitFor();
  await page.getByRole("link", { name: "Fleet", exact: true }).click();
  await page.getByText("1 of 1 meters").waitFor();
  assert.ok(await page.evaluate("document.activeElement.tagName === 'H1'"));
});
