import assert from "node:assert/strict";
import { loadConfig } from "../../src/config/mod.ts";
import { silentLog } from "../../src/base/log.ts";
import { Service } from "../../src/service.ts";
import { SimulatedMeter } from "../../src/simulator/mod.ts";
import { askUntilOk, openSite } from "../support/site.ts";

Deno.test("Service returns, publishes and logs the record of a meter that does not escape texts", async () => {
  const meter = new SimulatedMeter({ unit: 1, load: "still", recordTexts: "raw", closingMs: 10 });
  await using site = await openSite({ meters: [meter] });
  const records = site.client.subscribe("wattseal.test.evse-1.ocmf", { max: 1 });
  const faults = site.client.subscribe("wattseal.test.evse-1.fault.RecordNotVerified", { max: 1 });
  await site.client.flush();
  const errors: string[] = [];
  const service = await Service.start(
    loadConfig(await Deno.readTextFile(site.config), { path: site.config, env: () => undefined }),
    { log: { ...silentLog, error: (message) => void errors.push(message) } },
  );
  try {
    await service.metersTried;
    const started = await askUntilOk(site.client, 1, "transaction.start", {
      evse_id: "DE*ABC*E1",
      transaction_id: "tx-1",
      identification_status: "ASSIGNED",
      identification_type: "LOCAL",
      identification_flags: [],
      identification_data: "M\u00fcller",
      tariff_text: 'night "0.42" <=>other C:\\data',
    });
    assert.equal("warnings" in started && Array.isArray(started.warnings) && started.warnings.length, 2);
    const stopped = await askUntilOk(site.client, 1, "transaction.stop", { transaction_id: "tx-1" });
    assert.equal(stopped.signed_meter_value?.signed_meter_data, meter.lastRecord);
    for await (const message of records) {
      const { transaction_id: id, ocmf, verification } = message.json<
        { transaction_id: string; ocmf: string; verification: { signature: string; problems: string[] } }
      >();
      assert.deepEqual([id, ocmf, verification.signature], ["tx-1", meter.lastRecord, "malformed"]);
      assert.match(verification.problems.join(), /TT are not escaped, .*; the signature matches its bytes/);
    }
    for await (const message of faults) assert.match(message.string(), /transaction tx-1 has signature malformed/);
    assert.ok(errors.some((message) => /transaction tx-1 has signature malformed/.test(message)), errors.join("\n"));
  } finally {
    await service.stop();
  }
});
