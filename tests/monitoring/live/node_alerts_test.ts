import { systemTime } from "../../../src/base/time.ts";
import { SimulatedMeter } from "../../../src/simulator/mod.ts";
import { freeAddress } from "../../support/own_address.ts";
import { openSite } from "../../support/site.ts";
import { Timeline } from "../timeline.ts";
import { natsConnected, nodeFault, valueOf, type Values, working } from "./expectations.ts";
import { MonitoredService } from "./monitored_service.ts";
import { prometheusTest, prometheusTools } from "./prometheus_tools.ts";
import { failureCases, RuleCases } from "./rule_case.ts";

const including = ["wattseal_event_loop_delay_seconds"] as const;
const delayS = (values: Values) => valueOf(values, including[0], { quantile: "0.99" }) ?? Infinity;

prometheusTest(
  "alerts of the process fire for the failure of a running service, and only for it",
  await prometheusTools(),
  async ({ promtool }) => {
    const address = freeAddress();
    await using site = await openSite({
      initialTimeoutMs: 200,
      meters: [new SimulatedMeter({ unit: 1 })],
      topKeys: `metrics: { listen: "${address}" }\n`,
    });
    await using service = await MonitoredService.start(site.config, address);
    await service.until(natsConnected(), working("evse-1"), (values) => delayS(values) < 0.25);
    const normal = await service.state();
    const cases = new RuleCases();
    const add = failureCases(cases, normal);

    const text = await Deno.readTextFile(site.config);
    await Deno.writeTextFile(site.config, text.replace("baudrate: 115200", "baudrate: 9601"));
    service.process.signal("SIGHUP");
    await service.until(nodeFault("ConfigurationRefused"));
    add("a refused configuration", await service.state(), {
      9: [],
      11: ["WattsealNodeFaultMedium"],
      59: ["WattsealNodeFaultMedium"],
    });
    await Deno.writeTextFile(site.config, text);
    service.process.signal("SIGHUP");
    await service.until(nodeFault("ConfigurationRefused", false));

    // The process does not run for a moment
    for (let stops = 0; stops < 3; stops++) {
      service.process.signal("SIGSTOP");
      await systemTime.sleep(1_500);
      service.process.signal("SIGCONT");
      await service.until((values) => values.size > 0);
    }
    await service.until((values) => delayS(values) > 0.5, working("evse-1"));
    const slow = await service.state();
    add("a busy processor", slow, { 9: [], 11: ["WattsealEventLoopSlow"], 59: ["WattsealEventLoopSlow"] }, {
      including,
    });

    await service.stop();
    add("a stopped service", [await service.now()], { 2: [], 4: ["WattsealNodeDown"], 59: ["WattsealNodeDown"] });
    cases.add("no nodes", new Timeline(), [{ minute: 9, alerts: [] }, { minute: 11, alerts: ["WattsealNoNodes"] }]);
    await cases.check(promtool);
  },
);
