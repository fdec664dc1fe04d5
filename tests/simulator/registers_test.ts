import { SimulatedLine, SimulatedMeter } from "../../src/simulator/mod.ts";
import { RawClient } from "./raw_client.ts";

const em580 = () =>
  new SimulatedMeter({
    unit: 1,
    serialNumber: "KZ1660104001D",
    productionYear: 2021,
    firmware: { measure: "1.6.3", communication: "2.10.37" },
    load: "still",
  });
const em340 = (productionYear?: number) =>
  new SimulatedMeter({
    model: "em300",
    unit: 2,
    identificationCode: 340,
    serialNumber: "ABC1234",
    load: "still",
    ...(productionYear !== undefined && { productionYear }),
  });

async function asked(meter: SimulatedMeter, exchanges: readonly (readonly [string, string])[]): Promise<void> {
  await using line = SimulatedLine.open([meter], { paced: false });
  using client = new RawClient(line.path);
  for (const [request, answer] of exchanges) await client.expect(request, answer);
}

Deno.test("SimulatedMeter returns its identification code only for a read of one register", async () => {
  const meter = em580();
  // In a block the register is the upper word of the voltage between L3 and L1: 398.4 V
  meter.set({ voltageV: { L1: 230, L2: 230, L3: 230 } });
  await asked(meter, [
    ["01 04 00 0B 00 01 40 08", "01 04 02 02 44 B8 63"],
    ["01 04 00 0A 00 02 51 C9", "01 04 04 0F 90 00 00 F8 BD"],
  ]);
});

Deno.test("SimulatedMeter has the serial number, year and firmware of an EM580", async () => {
  await asked(em580(), [
    ["01 04 50 00 00 07 A0 C8", "01 04 0E 4B 5A 31 36 36 30 31 30 34 30 30 31 44 00 0D B8"],
    ["01 04 50 07 00 01 91 0B", "01 04 02 07 E5 7A 8B"],
    ["01 04 03 02 00 02 D0 4F", "01 04 04 16 03 2A 25 D1 77"],
  ]);
});

Deno.test("SimulatedMeter has signed live values, low word first", async () => {
  const meter = em580();
  meter.set({
    voltageV: { L1: 230.1, L2: 229.8, L3: 231.1 },
    currentA: { L1: 16.001, L2: -16.001, L3: 0 },
    powerW: { L1: 3678.5, L2: -3685.7, L3: 0, total: -7.2 },
    reactivePowerVar: { L1: 100, L2: -100.1, L3: 0.5, total: 0.4 },
    phaseSequence: -1,
    frequencyHz: 49.9,
  });
  await asked(meter, [[
    "01 04 00 00 00 34 F1 DD",
    "01 04 68 08 FD 00 00 08 FA 00 00 09 07 00 00 0F 8F 00 00 0F 98 00 00 0F 9A 00 00 3E 81 00 00 C1 7F FF FF " +
    "00 00 00 00 8F B1 00 00 70 07 FF FF 00 00 00 00 8F BF 00 00 90 07 00 00 00 05 00 00 03 E8 00 00 FC 17 FF FF " +
    "00 05 00 00 00 00 00 00 00 00 00 00 FF B8 FF FF 00 48 00 00 00 04 00 00 03 E8 FC 18 00 00 FC 1A FF FF 01 F3 89 E7",
  ]]);
});

Deno.test("SimulatedMeter has energies of more than 32 bits, a negative temperature and device state bits", async () => {
  const meter = em580();
  meter.set({
    energyImportWh: 5_000_000_123n,
    energyExportWh: 2n ** 53n - 1n,
    temperatureC: -5.5,
    deviceState: 0x2040,
  });
  await asked(meter, [
    [
      "01 04 05 00 00 20 F1 1E",
      "01 04 40 F2 7B 2A 05 00 01 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 50 " +
      "D3 " +
      "63 57 00 00 00 00 50 D3 63 57 00 00 00 00 50 D3 63 57 00 00 00 00 FF FF FF FF FF FF 00 1F AF 25",
    ],
    ["01 04 03 07 00 01 80 4F", "01 04 02 FF C9 38 96"],
    ["01 04 50 12 00 01 80 CF", "01 04 02 20 40 A1 00"],
  ]);
});

Deno.test("SimulatedMeter has the signature type of its key", async () => {
  for (
    const [keyBits, answer] of [
      [256, "01 04 02 00 00 B9 30"],
      [384, "01 04 02 00 01 78 F0"],
      ["none", "01 04 02 00 02 38 F1"],
    ] as const
  ) {
    await asked(new SimulatedMeter({ unit: 1, keyBits }), [["01 04 24 FF 00 01 0B 0A", answer]]);
  }
});

Deno.test(
  "SimulatedMeter of the EM300 series has a serial number with one character per word, and optionally a " +
    "year",
  async () => {
    await asked(em340(2018), [
      ["02 04 00 0B 00 01 40 3B", "02 04 02 01 54 FD 5F"],
      ["02 04 50 00 00 07 A0 FB", "02 04 0E 00 41 00 42 00 43 00 31 00 32 00 33 00 34 32 03"],
      ["02 04 50 10 00 01 21 3C", "02 04 02 07 E2 7F 49"],
    ]);
    await asked(em340(), [["02 04 50 10 00 01 21 3C", "02 84 02 32 C1"]]);
  },
);

Deno.test("SimulatedMeter of the EM300 series has separate registers for kWh and Wh", async () => {
  const meter = em340();
  meter.set({ energyImportWh: 1_234_567, energyExportWh: 9001 });
  await asked(meter, [[
    "02 04 04 00 00 0C F1 0C",
    "02 04 18 04 D2 00 00 02 37 00 00 00 00 00 00 00 00 00 00 00 09 00 00 00 01 00 00 B2 EB",
  ]]);
});

Deno.test("SimulatedMeter of the EM300 series refuses 52 words at once, and returns 50 and 2", async () => {
  const meter = em340();
  await using line = SimulatedLine.open([meter], { paced: false });
  using client = new RawClient(line.path);
  await client.expect("02 04 00 00 00 34 F1 EE", "02 84 02 32 C1");
  client.send("02 04 00 00 00 32 71 EC");
  await client.receive(105);
  await client.expect("02 04 00 32 00 02 D0 37", "02 04 04 00 00 01 F4 C8 93");
});

Deno.test("SimulatedMeter of the EM300 series has no temperature, state, signature, clock or OCMF registers", async () => {
  const refusal = "02 84 02 32 C1";
  await asked(em340(), [
    ["02 04 03 07 00 01 80 7C", refusal],
    ["02 04 50 12 00 01 80 FC", refusal],
    ["02 04 24 FF 00 01 0B 39", refusal],
    ["02 04 70 32 00 04 4A F5", refusal],
    ["02 04 71 00 00 01 2A C5", refusal],
  ]);
});

Deno.test("SimulatedMeter refuses invalid requests with exceptions 1, 2 and 3", async () => {
  await asked(em580(), [
    ["01 03 00 00 00 01 84 0A", "01 83 01 80 F0"],
    ["01 06 70 40 00 42 12 EF", "01 86 01 83 A0"],
    ["01 04 12 34 00 01 75 7C", "01 84 02 C2 C1"],
    ["01 10 00 00 00 01 02 00 00 A6 50", "01 90 02 CD C1"],
    ["01 04 00 00 00 7E 70 2A", "01 84 03 03 01"],
    ["01 04 00 00 00 00 F0 0A", "01 84 03 03 01"],
    ["01 10 70 32 00 02 04 00 80 69 61 FA F0", "01 90 02 CD C1"],
    ["01 10 71 00 00 01 02 00 02 46 96", "01 90 03 0C 01"],
    ["01 10 70 40 00 01 02 00 58 D8 AD", "01 90 03 0C 01"],
  ]);
});

Deno.test("SimulatedMeter keeps the old tariff text after the NUL of a shorter one", async () => {
  await asked(em580(), [
    ["01 10 69 00 00 04 08 41 42 43 44 45 46 47 00 B4 3E", "01 10 69 00 00 04 DC 56"],
    ["01 10 69 00 00 02 04 41 42 00 00 85 D5", "01 10 69 00 00 02 5C 54"],
    ["01 04 69 00 00 04 EC 55", "01 04 08 41 42 00 00 45 46 47 00 44 DC"],
  ]);
});
