import assert from "node:assert/strict";
import { join } from "node:path";
import { loadConfig } from "../../src/config/mod.ts";
import { silentLog } from "../../src/base/log.ts";
import { Service } from "../../src/service.ts";
import { SimulatedMeter, type ValuesPatch } from "../../src/simulator/mod.ts";
import { verifyRecord } from "../../src/ocmf/mod.ts";
import { ask, askUntilOk, openSite, type Site } from "../support/site.ts";

async function serve(site: Site): Promise<AsyncDisposable> {
  const text = await Deno.readTextFile(site.config);
  const service = await Service.start(loadConfig(text, { path: site.config, env: () => undefined }), {
    log: silentLog,
  });
  await service.metersTried;
  return { [Symbol.asyncDispose]: () => service.stop() };
}

const feedingIn: ValuesPatch = {
  voltageV: { L1: 230.1, L2: 229.9, L3: 231 },
  currentA: { L1: -16.001, L2: -0.001, L3: 2_147_483.646 },
  powerW: { L1: -3681.8, L2: -0.2, L3: 0, total: -3682 },
  reactivePowerVar: { L1: -10.1, L2: 20.2, L3: -30.3, total: -20.2 },
  phaseSequence: -1,
  frequencyHz: 49.9,
  temperatureC: -12.3,
  energyImportWh: 5_000_000_000,
  energyExportWh: 9_007_199_254_740_991,
};

const published = {
  phase_seq_error: true,
  power_W: { total: -3682, L1: -3681.8, L2: -0.2, L3: 0 },
  voltage_V: { L1: 230.1, L2: 229.9, L3: 231 },
  VAR: { total: -20.2, L1: -10.1, L2: 20.2, L3: -30.3 },
  current_A: { L1: -16.001, L2: -0.001, L3: 2_147_483.646 },
  frequency_Hz: { L1: 49.9 },
  energy_Wh_import: { total: 5_000_000_000 },
};

Deno.test("Service publishes the exact values of three kinds of meters on one line", async () => {
  const meters = [
    new SimulatedMeter({ unit: 1, keyBits: 256, load: "still" }),
    new SimulatedMeter({ unit: 2, keyBits: 384, load: "still" }),
    new SimulatedMeter({ unit: 3, model: "em300", load: "still" }),
  ];
  for (const meter of meters) meter.set(meter.model.name === "em300" ? { ...feedingIn, energyExportWh: 7 } : feedingIn);
  await using site = await openSite({ meters });
  const seen = new Map<string, Record<string, unknown>>();
  const readings = site.client.subscribe("wattseal.test.*.reading");
  await using _service = await serve(site);
  for await (const message of readings) {
    seen.set(message.subject.split(".")[2] ?? "", message.json());
    if (seen.size === meters.length) break;
  }
  for (const meter of meters) {
    const { timestamp: _, meter_id: id, signed_meter_value: signed, ...values } = seen.get(`evse-${meter.unit}`) ?? {};
    const em580 = meter.model.name === "em580";
    assert.equal(id, em580 ? `${meter.serialNumber}.2024` : meter.serialNumber);
    assert.deepEqual(values, {
      ...published,
      energy_Wh_export: { total: em580 ? 9_007_199_254_740_991 : 7 },
      ...(em580 && { temperatures: [{ temperature: -12.3, location: "Body", identification: "Powermeter" }] }),
    });
    assert.equal(signed !== undefined, em580);
  }
});

for (const [format, heading] of [["der", "<!-- openssl -->"], ["binary", "<!-- openssl point -->"]] as const) {
  Deno.test(`the openssl commands of docs/transactions.md verify the record of a stop, public_key_format ${format}`, async () => {
    const meters = [new SimulatedMeter({ unit: 1, keyBits: 256 }), new SimulatedMeter({ unit: 2, keyBits: 384 })];
    await using site = await openSite({ meters, meterKeys: `public_key_format: ${format}` });
    await using _service = await serve(site);
    for (const { unit } of meters) {
      const started = await askUntilOk(site.client, unit, "transaction.start", {
        evse_id: "DE*ABC*E1",
        transaction_id: `tx-${unit}`,
        identification_status: "ASSIGNED",
        identification_type: "ISO14443",
        identification_flags: ["RFID_PLAIN"],
        identification_data: "1F2D3A4F5506C7",
        tariff_text: '0.42 \u20ac/kWh | "night"',
      });
      assert.equal(started.status, "OK", String(started.error));
      const stop = await ask(site.client, unit, "transaction.stop", { transaction_id: `tx-${unit}` });
      assert.equal(stop.status, "OK", String(stop.error));
      await Deno.writeTextFile(join(site.folder, "stop.json"), JSON.stringify(stop));
      const key = await ask(site.client, unit, "public_key.get", {});
      await Deno.writeTextFile(join(site.folder, "key.json"), JSON.stringify(key));
      const commands = format === "der"
        ? await documentBlock(heading)
        : `${(await documentBlock("<!-- openssl -->")).replace(/^.*(openssl).*\n?/gm, "")}\n${await documentBlock(
          heading,
        )}`;
      assert.match(await shell(commands, site.folder), /Verified OK/);
      const record = stop.signed_meter_value;
      const verdict = verifyRecord(new TextEncoder().encode(record?.signed_meter_data), record?.public_key, {
        transactionId: `tx-${unit}`,
      });
      assert.deepEqual(verdict, { signature: "valid", session: "ok", key: "first_seen", problems: [] });
    }
  });
}

async function documentBlock(heading: string): Promise<string> {
  const page = await Deno.readTextFile(new URL("../../docs/transactions.md", import.meta.url));
  return /```sh\n(.*?)```/s.exec(page.split(heading)[1] ?? "")?.[1] ?? "";
}

async function shell(commands: string, cwd: string): Promise<string> {
  const { stdout, stderr } = await new Deno.Command("bash", { args: ["-ec", commands], cwd }).output();
  return new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
}
