import assert from "node:assert/strict";
import { silentLog } from "../../src/base/log.ts";
import type { PowermeterPayload } from "../../src/contract/mod.ts";
import { ReadingForwarder } from "../../src/everest/reading_forwarder.ts";
import { FakeTime } from "../support/fake_time.ts";
import { SentMessages } from "./sent_messages.ts";

const topic = "everest_api/1/powermeter/meter_1/m2e/powermeter_values";

function setUp(maxEnergyAgeMs = 10_000) {
  const time = new FakeTime();
  const sent = new SentMessages();
  const warnings: string[] = [];
  const log = { ...silentLog, warn: (message: string) => void warnings.push(message) };
  const forwarder = new ReadingForwarder(sent, topic, { maxEnergyAgeMs }, { log, time });
  /** Forwards a reading that was taken at this moment. */
  const forward = (values: Partial<PowermeterPayload>, agoMs = 0) =>
    forwarder.forward({ timestamp: new Date(time.now() - agoMs).toISOString(), meter_id: "BY1.2024", ...values });
  return { time, sent, warnings, forward };
}

const energies = { energy_Wh_import: { total: 12_345_678 }, energy_Wh_export: { total: 7 } };

Deno.test("a reading has all values that EVerest knows, unchanged, and no others", () => {
  const { sent, forward } = setUp();
  const known = {
    phase_seq_error: false,
    energy_Wh_import: { total: 12_345_678, L1: 4_115_226, L2: 4_115_226, L3: 4_115_226 },
    energy_Wh_export: { total: 0 },
    power_W: { total: -6900.3, L1: -2300.1, L2: -2300.1, L3: -2300.1 },
    voltage_V: { L1: 230.1, L2: 229.9, L3: 230 },
    VAR: { total: -30.3, L1: -10.1, L2: -10.1, L3: -10.1 },
    current_A: { L1: -10.001, L2: -10.002, L3: -10 },
    frequency_Hz: { L1: 50 },
    signed_meter_value: {
      signed_meter_data: '{"signedData":"00A1","signature":"3F2C"}',
      signing_method: "ECDSA-brainpoolP256r1-SHA256",
      encoding_method: "plain" as const,
      public_key: "04AB12",
      timestamp: "2026-01-31T08:00:00.310Z",
    },
  };
  forward({
    ...known,
    temperatures: [{ temperature: 23.5, location: "Body", identification: "Powermeter" }],
    voltage_LL_V: { L1_L2: 398.4 },
    VA: { total: 6900.4 },
    power_factor: { total: 0.999 },
  });
  assert.deepEqual(sent.messages, [
    { topic, payload: { timestamp: "2026-01-31T08:00:00.000Z", meter_id: "BY1.2024", ...known } },
  ]);
});

Deno.test("power without its sum is left out, because EVerest requires the sum", () => {
  const { sent, forward } = setUp();
  forward({ ...energies, power_W: { L1: 1 }, VAR: { L1: 2 }, voltage_V: {} });
  assert.deepEqual(Object.keys(sent.on("values")[0] ?? {}), [
    "timestamp",
    "meter_id",
    "energy_Wh_import",
    "energy_Wh_export",
    "voltage_V",
  ]);
});

Deno.test("the last energies are repeated only while they are younger than max_energy_age_ms", async () => {
  const { time, sent, forward } = setUp(3000);
  forward({});
  assert.deepEqual(sent.messages, [], "without any energy");
  await time.advance(1);
  forward(energies);
  await time.advance(2999);
  forward({});
  await time.advance(1);
  forward({});
  assert.deepEqual(
    sent.on("values").map((payload) => payload as PowermeterPayload).map((one) => [
      one.timestamp,
      one.energy_Wh_import,
      one.energy_Wh_export,
    ]),
    [
      ["2026-01-31T08:00:00.001Z", { total: 12_345_678 }, { total: 7 }],
      ["2026-01-31T08:00:03.000Z", { total: 12_345_678 }, { total: 7 }],
    ],
  );
});

Deno.test("with max_energy_age_ms 0 no energy is repeated", () => {
  const { sent, forward } = setUp(0);
  forward(energies);
  forward({}, -1);
  assert.equal(sent.messages.length, 1);
});

Deno.test("a clock that is set back does not make old energies young", async () => {
  const { time, sent, forward } = setUp(3000);
  forward(energies);
  await time.advance(12_000);
  time.setWall(Date.UTC(2026, 0, 31, 7));
  forward({});
  assert.equal(sent.messages.length, 1);
  await time.advance(1);
  forward(energies);
  assert.equal(sent.messages.length, 2, "readings continue with the new time");
});

Deno.test("import and export of a message were read together", () => {
  const { sent, forward } = setUp();
  forward(energies);
  forward({ energy_Wh_import: { total: 12_345_679 } }, -1);
  forward({ energy_Wh_export: { total: 8 } }, -2);
  const pairs = sent.on("values").map((payload) => payload as PowermeterPayload)
    .map(({ energy_Wh_import: imported, energy_Wh_export: exported }) => [imported?.total, exported?.total]);
  assert.deepEqual(pairs, [[12_345_678, 7], [12_345_679, undefined], [12_345_679, undefined]]);
});

Deno.test("a reading without a usable energy is reported once", async () => {
  const { time, warnings, forward } = setUp(1000);
  for (let count = 0; count < 3; count++) {
    await time.advance(500);
    forward({});
  }
  assert.equal(warnings.length, 1);
  assert.match(warnings[0] ?? "", /set max_energy_age_ms to more than energy_interval_ms/);
});

Deno.test("readings that were spooled are not sent between the live ones", async () => {
  const { time, sent, forward } = setUp();
  for (const agoMs of [3_600_000, 30_000]) forward(energies, agoMs);
  assert.deepEqual(sent.messages, [], "before the first live one");
  for (let count = 0; count < 3; count++) {
    await time.advance(1000);
    forward(energies);
    forward(energies, 20_000 - count);
  }
  const times = sent.on("values").map((payload) => (payload as PowermeterPayload).timestamp.slice(17, 19));
  assert.deepEqual(times, ["01", "02", "03"]);
});
