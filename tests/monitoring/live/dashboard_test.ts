import assert from "node:assert/strict";
import { SimulatedMeter } from "../../../src/simulator/mod.ts";
import { freeAddress } from "../../support/own_address.ts";
import { askUntilOk, openSite } from "../../support/site.ts";
import { CommandProcess } from "../../support/start_process.ts";
import { alertRules, dashboard, type PanelQuery, queriesOf } from "../monitoring_files.ts";
import { inState, working } from "./expectations.ts";
import { MonitoredService } from "./monitored_service.ts";
import { PrometheusProcess } from "./prometheus_process.ts";
import { prometheusTest, prometheusTools } from "./prometheus_tools.ts";
import { ScrapedPage } from "./scraped_page.ts";
import { start } from "./start_request.ts";

/** Panels without data in the demo: nothing fails, nothing is started again, and its transaction takes seconds. */
const notInDemo = ["Alerts", "Faults", "Failed requests by meter", "Age of the open transaction", "annotation Starts"];
const tools = await prometheusTools();

/** The queries of the dashboard, with values for the variables that Grafana replaces. */
async function queries(): Promise<PanelQuery[]> {
  return queriesOf(await dashboard()).map(({ expr, ...query }) => ({
    ...query,
    expr: expr.replaceAll("$site", ".*").replaceAll("$instance", ".*").replaceAll("$__rate_interval", "1m"),
  }));
}

/** Evaluates each query. @returns the panels whose query has no result @throws {Error} a query is wrong */
async function panelsWithoutData(server: PrometheusProcess): Promise<string[]> {
  const without: string[] = [];
  for (const { panel, expr, legend } of await queries()) {
    const { result } = await server.ask("query", { query: expr });
    if (result.length === 0) without.push(panel);
    for (const [, label = ""] of legend.matchAll(/\{\{(\w+)\}\}/g)) {
      for (const { metric } of result) assert.ok(label in metric, `${panel}: the result has no label ${label}`);
    }
  }
  return without;
}

prometheusTest(
  "a real Prometheus with our example of a configuration evaluates each rule and each panel on the demo",
  tools,
  async ({ prometheus }) => {
    const target = freeAddress();
    await using demo = new CommandProcess(["demo", "--meters", "3", "--metrics", target]);
    await using server = await PrometheusProcess.start(prometheus, freeAddress(), target);
    assert.ok(await demo.line("Press Ctrl-C"));
    await new ScrapedPage(target).until((values) => values.get('wattseal_records_total{verdict="valid"}') === 1);

    await server.until(
      "each rule is evaluated",
      async () => (await server.rules()).every(({ health }) => health !== "unknown"),
    );
    const rules = await server.rules();
    assert.deepEqual(rules.filter(({ health }) => health !== "ok"), []);
    assert.deepEqual(
      rules.map(({ name }) => name).toSorted(),
      (await alertRules()).map(({ alert }) => alert).toSorted(),
    );
    await server.until("the demo is scraped", async () => {
      const [scraped] = (await server.ask("targets")).activeTargets;
      return scraped?.health === "up" && scraped.lastError === "";
    });
    await server.until("each panel has data", async () => {
      const without = await panelsWithoutData(server);
      assert.deepEqual(without.filter((panel) => !notInDemo.includes(panel)), []);
      return true;
    });
    demo.signal("SIGINT");
    await demo.ended();
  },
);

prometheusTest(
  "a real Prometheus has data in the panels of failures and of transactions, and fills the texts of an alert",
  tools,
  async ({ prometheus }) => {
    const target = freeAddress();
    await using site = await openSite({
      initialTimeoutMs: 200,
      meters: [new SimulatedMeter({ unit: 1 }), new SimulatedMeter({ unit: 2 })],
      meterKeys: "communication_error_pause_delay_s: 1",
      topKeys: `metrics: { listen: "${target}" }\n`,
    });
    site.line.remove(2);
    await using server = await PrometheusProcess.start(prometheus, freeAddress(), target);
    {
      await using first = await MonitoredService.start(site.config, target);
      await first.until(working("evse-1"));
      await server.until(
        "the service is scraped",
        async () => (await server.ask("query", { query: "wattseal_starts_total" })).result.length > 0,
      );
      await first.stop();
    }
    await using service = await MonitoredService.start(site.config, target);
    await service.until(working("evse-1"), inState("offline", "evse-2"));
    await askUntilOk(site.client, 1, "transaction.start", { ...start, transaction_id: "tx-1" });
    await server.until("the panels of failures and of transactions have data", async () => {
      const without = await panelsWithoutData(server);
      assert.deepEqual(without.filter((panel) => notInDemo.includes(panel)), []);
      return true;
    });

    const silent = async () => (await server.rules()).find(({ name }) => name === "WattsealMeterSilent")?.alerts[0];
    await server.until("the alert of the silent meter is pending", async () => await silent() !== undefined);
    assert.equal((await silent())?.annotations.summary, "berlin-01: no readings of meter evse-2");
    for (const { name, alerts } of await server.rules()) {
      for (const { annotations } of alerts) {
        assert.doesNotMatch(Object.values(annotations).join(), /<error|<no value>|: : /, name);
      }
    }
    await service.stop();
  },
);
