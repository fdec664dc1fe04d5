import type { MeterModel } from "../meter_model.ts";
import { coarseEnergy, threePhasePowers as fields } from "./common.ts";

/** EM24-DIN on RS-485: at most 11 words per read, and other registers than most series for grid and energies. */
export const em24: MeterModel = {
  name: "em24",
  title: "EM24",
  codes: [71, 72, 73, 45, 46, 47, 48],
  codesWithoutOcmf: [],
  maxWords: 11,
  singleWordRegisters: [0x000b, 0x0300, 0x0301, 0x0302, 0x0303, 0x0304],
  firmware: { measure: { as: "number", at: 0x0302, revisionAt: 0x0303 } },
  hasOptionalSerialNumber: true,
  serialNumber: [{ at: 0x1300, as: "char", words: 7 }],
  live: [
    {
      start: 0x0000,
      words: 6,
      fields: { voltageL1: fields.voltageL1, voltageL2: fields.voltageL2, voltageL3: fields.voltageL3 },
    },
    {
      start: 0x000c,
      words: 10,
      fields: {
        currentL1: fields.currentL1,
        currentL2: fields.currentL2,
        currentL3: fields.currentL3,
        powerL1: fields.powerL1,
        powerL2: fields.powerL2,
      },
    },
    { start: 0x0016, words: 10, fields: { powerL3: fields.powerL3, reactivePowerL1: fields.reactivePowerL1 } },
    {
      start: 0x0020,
      words: 10,
      fields: {
        reactivePowerL2: fields.reactivePowerL2,
        reactivePowerL3: fields.reactivePowerL3,
        powerTotal: fields.powerTotal,
      },
    },
    { start: 0x002c, words: 2, fields: { reactivePowerTotal: fields.reactivePowerTotal } },
    {
      start: 0x0036,
      words: 2,
      fields: {
        phaseSequence: { at: 0x0036, as: "i16" },
        frequency: { at: 0x0037, as: "i16", unit: "Hz", exp: -1, absent: [-1] },
      },
    },
  ],
  energies: [
    { importWh: [coarseEnergy(0x003e)], exportWh: [coarseEnergy(0x005c)] },
    { importWh: [coarseEnergy(0x003e)], exportWh: [] },
  ],
  // With any low word
  overRange: { i16: 0x7fff, i32: 0x7fff_0000 },
  currentSign: "of_power",
  phaseSequence: { right: 0, wrong: -1 },
  wiring: {
    system: { field: { at: 0x1102, as: "u16" }, threePhase: [0, 1, 4] },
    checks: [{
      field: { at: 0x1101, as: "u16" },
      good: [7],
      advice: "only application H (7) reports exported power and energy; if energy can flow back, set it",
    }],
  },
};
