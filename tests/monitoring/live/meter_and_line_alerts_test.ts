import assert from "node:assert/strict";
import { SimulatedMeter } from "../../../src/simulator/mod.ts";
import { freeAddress } from "../../support/own_address.ts";
import { openSite } from "../../support/site.ts";
import { stick } from "../../support/stuck_device.ts";
import type { MetricsPage } from "../metrics_page.ts";
import { Timeline } from "../timeline.ts";
import { inState, meterFault, valueOf, working } from "./expectations.ts";
import { MonitoredService } from "./monitored_service.ts";
import { prometheusTest, prometheusTools } from "./prometheus_tools.ts";
import { failureCases, RuleCases } from "./rule_case.ts";

/** A silent meter is given up after a second, and is asked again every second. */
const meterKeys =
  "communication_retry_delay_ms: 100, communication_error_pause_delay_s: 1, live_measurement_interval_ms: 500";

prometheusTest(
  "alerts of meters and lines fire for the failure of a running service, and only for it",
  await prometheusTools(),
  async ({ promtool }) => {
    const [one, two, three] = [1, 2, 3].map((unit) => new SimulatedMeter({ unit }));
    assert.ok(one && two && three);
    const address = freeAddress();
    await using site = await openSite({
      initialTimeoutMs: 200,
      meters: [one, two],
      secondLine: [three],
      meterKeys,
      topKeys: `metrics: { listen: "${address}" }\n`,
    });
    const [, secondLine] = site.lines;
    assert.ok(secondLine);
    await using service = await MonitoredService.start(site.config, address);
    const allWorking = working("evse-1", "evse-2", "sim-3");
    await service.until(allWorking);
    const normal = await service.state();
    const cases = new RuleCases();
    const add = failureCases(cases, normal);
    cases.add(
      "everything works for a day",
      new Timeline().hold(normal, 1500),
      [5, 20, 100, 1499].map((minute) => ({ minute, alerts: [] })),
    );

    site.line.remove(2);
    await service.until(inState("offline", "evse-2"));
    const silent = await service.state();
    add("a silent meter", silent, { 4: [], 7: ["WattsealMeterSilent"], 59: ["WattsealMeterSilent"] });
    const onlyAges = new Timeline({ without: ["wattseal_meter_state"] }).hold(normal, 15).hold(silent, 60);
    cases.add("an old reading", onlyAges, [
      { minute: 19, alerts: [] },
      { minute: 22, alerts: ["WattsealMeterSilent"] },
    ]);
    const intermittent: MetricsPage[] = [];
    for (let round = 0; round < 3; round++) {
      site.line.remove(2);
      intermittent.push(await service.until(inState("offline", "evse-2")));
      intermittent.push(await service.until(inState("offline", "evse-2")));
      site.line.add(two);
      intermittent.push(await service.until(allWorking));
    }
    add("a meter that answers from time to time", intermittent, { 3: [], 59: ["WattsealMeterSilent"] });

    const refusal = site.line.misbehave(
      { kind: "exception", exception: 4 },
      { unit: 2, address: two.model.live[0]?.start ?? 0, times: Infinity },
    );
    await service.until(inState("offline", "evse-2"));
    add("a meter that refuses its readings", await service.state(), { 2: [], 59: ["WattsealMeterSilent"] });
    // It can be online whenever Prometheus reads the page
    const neverRead = await service.until(
      inState("online", "evse-2"),
      (values) => valueOf(values, "wattseal_meter_reading_age_seconds", { meter: "evse-2" }) === undefined,
    );
    add("a meter that is online and refuses its readings", [neverRead], { 5: [], 10: ["WattsealMeterSilent"] });
    refusal.cancel();
    await service.until(allWorking);

    await site.line.unplug();
    await service.until(inState("offline", "evse-1", "evse-2"));
    add("an unplugged adapter", await service.state(), {
      2: [],
      4: ["WattsealLineClosed"],
      7: ["WattsealLineClosed", "WattsealMeterSilent", "WattsealMeterSilent"],
    });
    site.line.plug();
    await service.until(allWorking);

    const release = stick(secondLine.path ?? "");
    assert.ok(release);
    await service.until(inState("offline", "sim-3"));
    add("an adapter that accepts no bytes", await service.state(), {
      1: [],
      59: ["WattsealLineClosed", "WattsealMeterSilent"],
    });
    release();
    await service.until(allWorking);

    const replace = async (meter: SimulatedMeter, fault: string) => {
      site.line.remove(2);
      await service.until(inState("offline", "evse-2"));
      site.line.add(meter);
      await service.until(allWorking, meterFault("evse-2", fault));
      return await service.state();
    };
    const other = await replace(new SimulatedMeter({ unit: 2, serialNumber: "BY7654321" }), "MeterExchanged");
    add("a replaced meter", other, { 9: [], 11: ["WattsealMeterFaultMedium"] });
    const noKey = await replace(
      new SimulatedMeter({ unit: 2, serialNumber: "BY7654321", keyBits: "none" }),
      "BillingUnavailable",
    );
    add("a meter without a key", noKey, {
      1: [],
      3: ["WattsealMeterFaultHigh"],
      59: ["WattsealMeterFaultHigh", "WattsealMeterFaultMedium"],
    });

    // Each damaged answer is repeated with success, so the meter stays online
    const crcErrors = () => secondLine.misbehave({ kind: "bad_crc" });
    const withoutFaults = { without: ["wattseal_meter_fault_active"] };
    add("damaged answers", await service.state(crcErrors), { 5: [], 59: ["WattsealLineErrors"] }, withoutFaults);
    const few: MetricsPage[] = [];
    for (let damaged = 0; damaged < 2; damaged++) {
      crcErrors();
      few.push(...(await service.state()).filter((page) => page !== undefined));
    }
    add("few damaged answers", few, { 10: [], 59: [] }, withoutFaults);

    await cases.check(promtool);
  },
);
