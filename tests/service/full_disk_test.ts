import assert from "node:assert/strict";
import { silentLog } from "../../src/base/log.ts";
import { systemTime } from "../../src/base/time.ts";
import { loadConfig } from "../../src/config/mod.ts";
import { registers } from "../../src/meter/mod.ts";
import { Service } from "../../src/service.ts";
import { SimulatedMeter } from "../../src/simulator/mod.ts";
import { FaultWatch } from "../support/fault_watch.ts";
import { type Answer, ask, everyMeterRead, openSite } from "../support/site.ts";
import { smallDiskTest } from "../support/small_disk.ts";

smallDiskTest(
  "Service on a full disk sends no start to the meter, erases no record, and catches up after space is freed",
  8192,
  async (disk) => {
    const meter = new SimulatedMeter({ unit: 1 });
    const topKeys = `state_dir: ${disk.path}\njournal: { alarm_free_mb: 1 }\n`;
    await using site = await openSite({ meters: [meter], topKeys });
    const { client, line } = site;
    const faults = new FaultWatch(client);
    const records = client.subscribe("wattseal.test.evse-1.ocmf");
    const text = await Deno.readTextFile(site.config);
    const settings = loadConfig(text, { path: site.config, env: () => undefined });
    const service = await Service.start(settings, { log: silentLog });
    await using _running = { [Symbol.asyncDispose]: () => service.stop() };
    await service.metersTried;
    await everyMeterRead(client, [1]);
    const writes = () => line.requests.entries.filter(({ kind }) => kind === "write");
    const start = (): Promise<Answer> =>
      ask(client, 1, "transaction.start", {
        evse_id: "DE*ABC*E1",
        transaction_id: "tx-1",
        identification_status: "ASSIGNED",
        identification_type: "ISO14443",
        identification_flags: ["RFID_PLAIN"],
      });

    disk.fill();
    line.requests.clear();
    const refused = await start();
    assert.equal(refused.code, "JOURNAL_FAILED", String(refused.error));
    assert.match(refused.error ?? "", /journal\.db; free space there.*full/);
    assert.deepEqual(writes(), []);
    await faults.until("_node.DiskSpaceLow", "_node.JournalFailed", "evse-1.JournalFailed");

    disk.free();
    await faults.until();
    assert.equal((await start()).status, "OK");

    disk.fill();
    line.requests.clear();
    const stop = () => ask(client, 1, "transaction.stop", { transaction_id: "tx-1" });
    assert.equal((await stop()).code, "JOURNAL_FAILED");
    assert.equal(meter.ocmfState, "READY");
    assert.equal(writes().some(({ address }) => address === registers.transaction.ocmfState.at), false);
    await faults.until("_node.DiskSpaceLow", "_node.JournalFailed", "evse-1.JournalFailed");

    disk.free();
    for await (const message of records) {
      const result = message.json<{ ocmf: string; reason: string; transaction_id: string }>();
      assert.deepEqual([result.ocmf, result.reason, result.transaction_id], [meter.lastRecord, "stopped", "tx-1"]);
      break;
    }
    await faults.until();
    const again = await stop();
    assert.equal(again.signed_meter_value?.signed_meter_data, meter.lastRecord);
    // The record is confirmed after its publication, and a repeated stop is answered from the journal
    const confirmed = () => meter.ocmfState === "NOT_READY";
    while (!confirmed()) await systemTime.sleep(10);
    const stream = await (await client.jetstreamManager()).streams.info("WATTSEAL_OCMF");
    assert.equal(stream.state.messages, 1);
  },
);
