import type { MeterModel } from "../meter_model.ts";
import { coarseEnergy, overRange } from "./common.ts";

const power = { at: 0x0004, as: "i32", unit: "W", exp: -1 } as const;
const reactivePower = { at: 0x0008, as: "i32", unit: "var", exp: -1 } as const;

/** EM100 and ET100 (EM110, EM111, EM112, ET112): one phase. */
export const em100: MeterModel = {
  name: "em100",
  title: "EM100/ET100",
  codes: [100, 101, 102, 103, 104, 110, 120, 121],
  codesWithoutOcmf: [],
  maxWords: 50,
  singleWordRegisters: [0x000b, 0x0302, 0x0303],
  firmware: { measure: { as: "letter", at: 0x0302, revisionAt: 0x0303 } },
  serialNumber: [{ at: 0x5000, as: "lowChar", words: 7 }, { at: 0x5000, as: "char", words: 7 }],
  productionYear: { at: 0x5010, as: "u16" },
  live: [{
    start: 0x0000,
    words: 16,
    fields: {
      voltageL1: { at: 0x0000, as: "i32", unit: "V", exp: -1 },
      currentL1: { at: 0x0002, as: "i32", unit: "A", exp: -3 },
      powerL1: power,
      powerTotal: power,
      reactivePowerL1: reactivePower,
      reactivePowerTotal: reactivePower,
      frequency: { at: 0x000f, as: "i16", unit: "Hz", exp: -1, absent: [-1] },
    },
  }],
  energies: [{ importWh: [coarseEnergy(0x0010)], exportWh: [coarseEnergy(0x0020)] }],
  overRange,
};
