import assert from "node:assert/strict";
import type { Bus } from "../../src/line/mod.ts";
import { ModbusError, withCrc } from "../../src/modbus/mod.ts";
import { silentLog } from "../../src/base/log.ts";
import { readOnce } from "../../src/meter/mod.ts";
import { FakeTime } from "../support/fake_time.ts";

/**
 * Requests and answers of a meter of each series, from the documents of the manufacturers. The identification codes,
 * the voltages and the coarse energies are those of real meters.
 */
const frames: Readonly<Record<string, readonly (readonly [request: string, answer: string])[]>> = {
  em580: [
    ["01 04 00 0B 00 01 40 08", "01 04 02 02 44 B8 63"],
    ["01 04 24 FF 00 01 0B 0A", "01 04 02 00 02 38 F1"],
    ["01 04 03 02 00 02 D0 4F", "01 04 04 16 03 20 11 D6 00"],
    ["01 04 50 00 00 07 A0 C8", "01 04 0E 4B 5A 31 36 36 30 31 30 34 30 30 31 44 00 0D B8"],
    ["01 04 50 07 00 01 91 0B", "01 04 02 07 E5 7A 8B"],
    [
      "01 04 00 00 00 34 F1 DD",
      "01 04 68 09 3F 00 00 09 3A 00 00 09 5B 00 00 0F FB 00 00 0F F9 00 00 0F FD 00 00 0C 9B 00 00 FA C9 FF FF 00 00 00 00 1D 30 00 00 F4 48 FF FF 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 FF 9B FF FF 00 00 00 00 00 0A 00 00 09 48 00 00 0F FB 00 00 11 78 00 00 00 00 00 00 FF A5 FF FF 03 E7 FC 19 00 00 03 20 00 01 01 F4 D5 88",
    ],
    [
      "01 04 05 00 00 20 F1 1E",
      "01 04 40 F2 00 2A 05 00 01 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 30 39 00 00 00 00 00 00 2A DF",
    ],
    ["01 04 03 07 00 01 80 4F", "01 04 02 FF 85 39 63"],
  ],
  em300: [
    ["01 04 00 0B 00 01 40 08", "01 04 02 01 55 78 9F"],
    ["01 04 03 02 00 01 90 4E", "01 04 02 00 01 78 F0"],
    ["01 04 03 03 00 01 C1 8E", "01 04 02 00 04 B8 F3"],
    ["01 04 50 00 00 07 A0 C8", "01 04 0E 00 42 00 58 00 31 00 32 00 33 00 34 00 53 30 61"],
    ["01 04 50 10 00 01 21 0F", "01 84 02 C2 C1"],
    ["01 04 04 00 00 0C F1 3F", "01 84 02 C2 C1"],
    ["01 04 05 00 00 20 F1 1E", "01 84 02 C2 C1"],
    [
      "01 04 00 34 00 1C B0 0D",
      "01 04 38 7D 53 00 04 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 11 00 00 A0 FC",
    ],
    ["01 04 10 02 00 01 94 CA", "01 04 02 00 00 B9 30"],
    ["01 04 11 03 00 01 C4 F6", "01 04 02 00 01 78 F0"],
    ["01 04 11 04 00 01 75 37", "01 04 02 00 00 B9 30"],
    ["01 04 11 05 00 01 24 F7", "01 04 02 00 00 B9 30"],
    [
      "01 04 00 00 00 32 71 DF",
      "01 04 64 09 3F 00 00 09 3A 00 00 09 5B 00 00 0F FB 00 00 0F F9 00 00 0F FD 00 00 0C 9B 00 00 FA C9 FF FF 00 00 00 00 1D 30 00 00 F4 48 FF FF 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 FF 9B FF FF 00 00 00 00 00 0A 00 00 09 48 00 00 0F FB 00 00 11 78 00 00 00 00 00 00 FF A5 FF FF 03 E7 FC 19 00 00 03 20 5B A8",
    ],
    ["01 04 00 32 00 02 D0 04", "01 04 04 00 00 01 F4 FB 93"],
  ],
  em530: [
    ["01 04 00 0B 00 01 40 08", "01 04 02 06 E0 BB 18"],
    ["01 04 24 FF 00 01 0B 0A", "01 84 02 C2 C1"],
    ["01 04 03 02 00 01 90 4E", "01 04 02 11 03 F5 61"],
    ["01 04 50 00 00 07 A0 C8", "01 04 0E 42 59 32 34 36 30 30 33 32 30 30 31 31 00 DA F4"],
    ["01 04 50 07 00 01 91 0B", "01 04 02 07 E8 BB 4E"],
    [
      "01 04 05 00 00 20 F1 1E",
      "01 04 40 00 01 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 86 A1 00 01 00 00 00 00 3D C5",
    ],
    ["01 04 10 02 00 01 94 CA", "01 04 02 00 00 B9 30"],
    ["01 04 11 03 00 01 C4 F6", "01 04 02 00 02 38 F1"],
    [
      "01 04 00 00 00 32 71 DF",
      "01 04 64 09 3F 00 00 09 3A 00 00 09 5B 00 00 0F FB 00 00 0F F9 00 00 0F FD 00 00 0C 9B 00 00 05 37 00 00 00 00 00 00 1D 30 00 00 F4 48 FF FF 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 FF 9B FF FF 00 00 00 00 00 0A 00 00 09 48 00 00 0F FB 00 00 11 78 00 00 00 00 00 00 FF A5 FF FF 03 E7 FC 19 00 00 03 20 9E 60",
    ],
    ["01 04 00 32 00 02 D0 04", "01 04 04 00 01 01 F3 EB 91"],
  ],
  em24: [
    ["01 04 00 0B 00 01 40 08", "01 04 02 00 47 F9 02"],
    ["01 04 24 FF 00 01 0B 0A", "01 84 02 C2 C1"],
    ["01 04 03 02 00 01 90 4E", "01 04 02 00 0C B9 35"],
    ["01 04 03 03 00 01 C1 8E", "01 04 02 00 04 B8 F3"],
    ["01 04 13 00 00 07 B5 4C", "01 04 0E 42 58 31 38 36 30 30 36 32 30 30 31 35 00 B4 E1"],
    ["01 04 00 3E 00 02 10 07", "01 04 04 7D 53 00 04 12 3A"],
    ["01 04 00 5C 00 02 B1 D9", "01 04 04 00 11 00 00 AB 81"],
    ["01 04 11 02 00 01 95 36", "01 04 02 00 00 B9 30"],
    ["01 04 11 01 00 01 65 36", "01 04 02 00 07 F8 F2"],
    ["01 04 00 00 00 06 70 08", "01 04 0C 09 3F 00 00 09 3A 00 00 09 5B 00 00 6E 99"],
    ["01 04 00 0C 00 0A B0 0E", "01 04 14 0C 9B 00 00 05 37 00 00 00 00 00 00 1D 30 00 00 F4 48 FF FF 39 31"],
    ["01 04 00 16 00 0A 91 C9", "01 04 14 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 FF 9B FF FF D5 CA"],
    ["01 04 00 20 00 0A 71 C7", "01 04 14 00 00 00 00 00 0A 00 00 09 48 00 00 0F FB 00 00 11 78 00 00 F3 91"],
    ["01 04 00 2C 00 02 B0 02", "01 04 04 FF A5 FF FF DA 03"],
    ["01 04 00 36 00 02 91 C5", "01 04 04 00 00 01 F4 FB 93"],
  ],
  em24_ethernet: [
    ["01 04 00 0B 00 01 40 08", "01 04 02 06 70 BB 74"],
    ["01 04 24 FF 00 01 0B 0A", "01 84 02 C2 C1"],
    ["01 04 03 02 00 01 90 4E", "01 04 02 11 1E 35 68"],
    ["01 04 03 04 00 01 70 4F", "01 04 02 18 03 F3 31"],
    ["01 04 50 00 00 07 A0 C8", "01 04 0E 42 58 31 38 36 30 30 36 32 30 30 31 35 00 B4 E1"],
    ["01 04 10 02 00 01 94 CA", "01 04 02 00 00 B9 30"],
    ["01 04 A0 00 00 01 13 CA", "01 04 02 00 07 F8 F2"],
    [
      "01 04 00 00 00 34 F1 DD",
      "01 04 68 09 3F 00 00 09 3A 00 00 09 5B 00 00 0F FB 00 00 0F F9 00 00 0F FD 00 00 0C 9B 00 00 FA C9 FF FF 00 00 00 00 1D 30 00 00 F4 48 FF FF 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 FF 9B FF FF 00 00 00 00 00 0A 00 00 09 48 00 00 0F FB 00 00 11 78 00 00 00 00 00 00 FF A5 FF FF 03 E7 FC 19 00 00 03 20 FF FF 01 F4 84 6C",
    ],
    [
      "01 04 00 34 00 1C B0 0D",
      "01 04 38 7D 53 00 04 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 11 00 00 A0 FC",
    ],
  ],
  em100: [
    ["01 04 00 0B 00 01 40 08", "01 04 02 00 79 78 D2"],
    ["01 04 24 FF 00 01 0B 0A", "01 84 02 C2 C1"],
    ["01 04 03 02 00 01 90 4E", "01 04 02 00 00 B9 30"],
    ["01 04 03 03 00 01 C1 8E", "01 04 02 00 0A 39 37"],
    ["01 04 50 00 00 07 A0 C8", "01 04 0E 00 42 00 41 00 32 00 33 00 34 00 35 00 53 AA 0D"],
    ["01 04 50 10 00 01 21 0F", "01 84 02 C2 C1"],
    [
      "01 04 00 00 00 10 F1 C6",
      "01 04 20 09 1B 00 00 FA C9 FF FF F4 48 FF FF 0C 2E 00 00 FF A5 FF FF 00 00 00 00 00 00 00 00 03 E8 01 F4 A0 09",
    ],
    [
      "01 04 00 10 00 12 71 C2",
      "01 04 24 7D 53 00 04 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 FF EF FF FF 10 54",
    ],
  ],
};

const threePhases = {
  voltageV: { L1: 236.7, L2: 236.2, L3: 239.5 },
  currentA: { L1: 3.227, L2: -1.335, L3: 0 },
  powerW: { total: 447.2, L1: 747.2, L2: -300, L3: 0 },
  reactivePowerVar: { total: -9.1, L1: -10.1, L2: 0, L3: 1 },
};
const coarse = { energyImportWh: 29_422_700, energyExportWh: 1700 };

/** The expected reading and firmware of each. */
const expected: Readonly<Record<string, { readonly reading: object; readonly firmware: object }>> = {
  em580: {
    reading: {
      meterId: "KZ1660104001D.2021",
      phaseSequenceError: false,
      frequencyHz: 50,
      ...threePhases,
      energyImportWh: 5_000_000_000,
      energyExportWh: 12_345,
      temperatureC: -12.3,
    },
    firmware: { measure: "1.6.3", communication: "2.0.17" },
  },
  em300: {
    reading: { meterId: "BX1234S", phaseSequenceError: false, frequencyHz: 50, ...threePhases, ...coarse },
    firmware: { measure: "B4" },
  },
  em530: {
    reading: {
      meterId: "BY24600320011.2024",
      phaseSequenceError: false,
      frequencyHz: 49.9,
      ...threePhases,
      energyImportWh: 1,
      energyExportWh: 100_001,
    },
    firmware: { measure: "1.1.3" },
  },
  em24: {
    reading: { meterId: "BX18600620015", phaseSequenceError: false, frequencyHz: 50, ...threePhases, ...coarse },
    firmware: { measure: "12.4" },
  },
  em24_ethernet: {
    reading: { meterId: "BX18600620015", phaseSequenceError: true, frequencyHz: 50, ...threePhases, ...coarse },
    firmware: { measure: "1.1.30", communication: "1.8.3" },
  },
  em100: {
    reading: {
      meterId: "BA2345S",
      frequencyHz: 50,
      voltageV: { L1: 233.1 },
      currentA: { L1: -1.335 },
      powerW: { total: -300, L1: -300 },
      reactivePowerVar: { total: -9.1, L1: -9.1 },
      ...coarse,
    },
    firmware: { measure: "A10" },
  },
};

const bytesOf = (hex: string) => Uint8Array.fromHex(hex.replaceAll(" ", ""));

/** A line whose meter answers only these requests. */
class FrameBus implements Bus {
  readonly connection = 1;
  readonly #answers: ReadonlyMap<string, string>;
  readonly asked = new Set<string>();

  constructor(pairs: readonly (readonly [request: string, answer: string])[]) {
    this.#answers = new Map(pairs);
    for (const frame of pairs.flat()) {
      const bytes = bytesOf(frame);
      assert.deepEqual(withCrc(bytes.slice(0, -2)), bytes, `check sum of ${frame}`);
    }
  }

  connected(): Promise<number> {
    return new Promise(() => {});
  }

  read(unit: number, address: number, words: number): Promise<Uint8Array> {
    const request = withCrc(Uint8Array.of(unit, 4, address >> 8, address & 0xff, 0, words)).toHex();
    const spaced = request.toUpperCase().replaceAll(/(..)(?=.)/g, "$1 ");
    const answer = this.#answers.get(spaced);
    assert.ok(answer !== undefined, `${spaced} was not expected`);
    this.asked.add(spaced);
    const bytes = bytesOf(answer);
    if (bytes[1] === 4) return Promise.resolve(bytes.slice(3, -2));
    return Promise.reject(new ModbusError(bytes[2] ?? 0, `exception ${bytes[2]}`));
  }

  write(): Promise<void> {
    return Promise.reject(new Error("nothing is written"));
  }
}

for (const [name, pairs] of Object.entries(frames)) {
  Deno.test(`a meter of the series ${name} is read exactly with these frames`, async () => {
    const bus = new FrameBus(pairs);
    const options = {
      unit: 1,
      communicationRetryCount: 1,
      communicationRetryDelayMs: 10,
      publishSignedValues: "never",
      invert: false,
    } as const;
    const { identity, reading } = await readOnce(options, bus, { time: new FakeTime(), log: silentLog });
    const { takenAtMs: _, ...values } = reading;
    assert.deepEqual([identity.family, identity.firmware], [name, expected[name]?.firmware]);
    assert.deepEqual(values, expected[name]?.reading);
    assert.deepEqual([...bus.asked].sort(), pairs.map(([request]) => request).sort());
  });
}
