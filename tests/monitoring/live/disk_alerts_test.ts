import { SimulatedMeter } from "../../../src/simulator/mod.ts";
import { freeAddress } from "../../support/own_address.ts";
import { askUntilOk, openSite } from "../../support/site.ts";
import { SmallDisk, smallDiskRefusal } from "../../support/small_disk.ts";
import { Timeline } from "../timeline.ts";
import { nodeFault, valueOf, type Values, working } from "./expectations.ts";
import { MonitoredService } from "./monitored_service.ts";
import { prometheusTest, prometheusTools } from "./prometheus_tools.ts";
import { failureCases, RuleCases } from "./rule_case.ts";
import { start } from "./start_request.ts";

const including = ["wattseal_disk_free_bytes", "wattseal_disk_size_bytes"] as const;

/** The meter is simulated in this process, which waits while it fills the disk. */
const isWorking = working("evse-1");
const freeBytes = (values: Values) => valueOf(values, including[0]) ?? NaN;

prometheusTest(
  "alerts of the disk fire for a disk that becomes full, and only for it",
  smallDiskRefusal() ?? await prometheusTools(),
  async ({ promtool }) => {
    using disk = new SmallDisk(24_576);
    const address = freeAddress();
    await using site = await openSite({
      initialTimeoutMs: 200,
      meters: [new SimulatedMeter({ unit: 1, closingMs: 10 })],
      topKeys: `metrics: { listen: "${address}" }\nstate_dir: ${disk.path}\njournal: { alarm_free_mb: 1 }\n`,
    });
    await using service = await MonitoredService.start(site.config, address);
    await service.until(isWorking);
    const normal = await service.state();
    const cases = new RuleCases();
    const add = failureCases(cases, normal);

    disk.fill(12_000);
    const journalBytes = (values: Values) => valueOf(values, "wattseal_journal_size_bytes") ?? NaN;
    const growing = [await service.until(isWorking, (values) => freeBytes(values) < 13_000_000)];
    for (let step = 1; step < 5; step++) {
      for (let id = 3 * step; id < 3 * step + 3; id++) {
        await askUntilOk(site.client, 1, "transaction.start", { ...start, transaction_id: `tx-${id}` });
        await askUntilOk(site.client, 1, "transaction.stop", { transaction_id: `tx-${id}` });
      }
      const last = journalBytes(growing.at(-1)?.values ?? new Map());
      growing.push(await service.until(isWorking, (values) => journalBytes(values) > last));
    }
    const growingEach = (minutes: number) => {
      const timeline = new Timeline({ including });
      for (const page of growing) timeline.hold([page], minutes);
      return timeline;
    };
    cases.add("a journal that grows fast", growingEach(240), [
      { minute: 700, alerts: [] },
      { minute: 760, alerts: [] },
      { minute: 900, alerts: ["WattsealJournalGrows"] },
      { minute: 1199, alerts: ["WattsealJournalGrows"] },
    ]);
    cases.add("a journal that grows slowly", growingEach(1440), [{ minute: 2 * 1440 + 720, alerts: [] }]);

    disk.free();
    disk.fill(400);
    await service.until(isWorking, nodeFault("DiskSpaceLow"));
    add("a disk that is nearly full", await service.state(), {
      9: [],
      11: ["WattsealDiskNearlyFull", "WattsealNodeFaultMedium"],
      59: ["WattsealDiskNearlyFull", "WattsealNodeFaultMedium"],
    }, { including });
    await cases.check(promtool);
  },
);
