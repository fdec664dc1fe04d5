import assert from "node:assert/strict";
import { neededRights } from "../../../src/nats/needed_rights.ts";
import { streamKinds } from "../../../src/nats/streams.ts";
import { SimulatedMeter } from "../../../src/simulator/mod.ts";
import { admin, startGuardedServer } from "../../support/guarded_server.ts";
import { freeAddress } from "../../support/own_address.ts";
import { ask, askUntilOk, openSite } from "../../support/site.ts";
import { Timeline } from "../timeline.ts";
import { inState, meterFault, natsConnected, nodeFault, undelivered, working } from "./expectations.ts";
import { MonitoredService } from "./monitored_service.ts";
import { prometheusTest, prometheusTools } from "./prometheus_tools.ts";
import { failureCases, RuleCases } from "./rule_case.ts";
import { start } from "./start_request.ts";

const inboxPrefix = "_INBOX_test";
const all = neededRights("node", { prefix: "wattseal", site: "test", inboxPrefix, creates: streamKinds });
const withoutTransactions = { ...all, subscribe: all.subscribe.filter((subject) => !subject.includes("transaction")) };

prometheusTest(
  "alerts of NATS and of records fire for the failure of a running service, and only for it",
  await prometheusTools(),
  async ({ promtool }) => {
    const [one, two] = [new SimulatedMeter({ unit: 1 }), new SimulatedMeter({ unit: 2, recordTexts: "raw" })];
    const address = freeAddress();
    await using guarded = await startGuardedServer({ test: all });
    const keys = `user: test, password: p, inbox_prefix: ${inboxPrefix}`;
    await using site = await openSite({
      initialTimeoutMs: 200,
      meters: [one, two],
      meterKeys: "communication_retry_delay_ms: 100, communication_error_pause_delay_s: 1",
      nats: { server: guarded.server, keys, client: admin },
      topKeys: `metrics: { listen: "${address}" }\n`,
    });
    await using service = await MonitoredService.start(site.config, address);
    const bothWorking = working("evse-1", "evse-2");
    await service.until(bothWorking, natsConnected());
    const normal = await service.state();
    const cases = new RuleCases();
    const add = failureCases(cases, normal);

    await askUntilOk(site.client, 1, "transaction.start", { ...start, transaction_id: "tx-1" });
    await service.until((values) => [...values.keys()].some((series) => series.includes("transaction_age")));
    cases.add("a long transaction", new Timeline().hold(await service.state(), 3000), [
      { minute: 2885, alerts: [] },
      { minute: 2899, alerts: ["WattsealTransactionOpenLong"] },
    ]);

    await guarded.server.stop();
    await service.until(natsConnected(false));
    await guarded.change({ test: withoutTransactions });
    await guarded.server.restart();
    await service.until(natsConnected(), nodeFault("AccessDenied"), bothWorking);
    add("a missing permission", await service.state(), {
      1: [],
      3: ["WattsealNodeFaultHigh"],
      59: ["WattsealNodeFaultHigh"],
    });
    await guarded.server.stop();
    await service.until(natsConnected(false));
    await guarded.change({ test: all });
    await guarded.server.restart();
    await service.until(natsConnected(), nodeFault("AccessDenied", false), bothWorking);

    // The credential is revoked, and a meter closes its transaction: its record cannot be delivered
    await guarded.change({});
    await service.until(natsConnected(false), bothWorking);
    add("a revoked credential", await service.state(), { 4: [], 6: ["WattsealNatsLost"], 59: ["WattsealNatsLost"] });
    one.powerOff();
    await service.until(inState("offline", "evse-1"));
    one.powerOn();
    await service.until(undelivered(1), bothWorking);
    const waiting = await service.state();
    const onlyRecords = { without: ["wattseal_nats_connected", "wattseal_meter_fault_active"] };
    cases.add("a record that waits", new Timeline(onlyRecords).hold(normal, 15).hold(waiting, 1500), [
      { minute: 78, alerts: [] },
      { minute: 81, alerts: ["WattsealRecordsUndelivered"] },
      { minute: 1458, alerts: ["WattsealRecordsUndelivered"] },
      { minute: 1461, alerts: ["WattsealRecordsUndelivered", "WattsealRecordsUndeliveredLong"] },
    ]);
    assert.ok(waiting.every((page) => page && meterFault("evse-1", "OcmfTransactionClosed")(page.values)));
    const onlyFaults = { without: ["wattseal_nats_connected", "wattseal_records_undelivered_age_seconds"] };
    cases.add("a closed transaction", new Timeline(onlyFaults).hold(normal, 15).hold(waiting, 90).hold(normal, 15), [
      { minute: 74, alerts: [] },
      { minute: 76, alerts: ["WattsealMeterFaultLow"] },
      { minute: 119, alerts: [] },
    ]);
    await guarded.change({ test: all });
    await service.until(natsConnected(), undelivered(0), bothWorking);
    const recovered = await service.state();
    const withoutClosed = { without: ['fault="OcmfTransactionClosed"'] };
    cases.add("the record is delivered", new Timeline(withoutClosed).hold(waiting, 3).hold(recovered, 90), [
      { minute: 20, alerts: [] },
      { minute: 92, alerts: [] },
    ]);

    const charge = async (transaction_id: string, tariff_text: string) => {
      await askUntilOk(site.client, 2, "transaction.start", { ...start, transaction_id, tariff_text });
      await ask(site.client, 2, "transaction.stop", { transaction_id });
    };
    await charge("tx-2", "0.42 EUR/kWh");
    await service.until((values) => values.get('wattseal_records_total{verdict="valid"}') === 2);
    cases.add("a valid record", new Timeline(withoutClosed).hold(await service.state(), 90), [
      { minute: 0, alerts: [] },
      { minute: 89, alerts: [] },
    ]);
    // The simulated meter writes the quotes into its record as they are, so it is no valid JSON
    await charge("tx-3", 'night "0.42"');
    await service.until(meterFault("evse-2", "RecordNotVerified"));
    cases.add(
      "a record that is not valid",
      new Timeline(withoutClosed).hold(normal, 15).hold(await service.state(), 15),
      [
        { minute: 14, alerts: [] },
        { minute: 15, alerts: ["WattsealRecordNotVerified"] },
        { minute: 29, alerts: ["WattsealRecordNotVerified"] },
      ],
    );
    await cases.check(promtool);
  },
);
