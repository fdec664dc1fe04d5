import type { MeterModel } from "../meter_model.ts";
import { coarseEnergy, coarseImportByPhase, overRange, threePhaseExtended, threePhaseFields } from "./common.ts";

const min = { version: "1.8.3", problem: "hang on the network" } as const;

/** EM24 Ethernet: Modbus TCP, port 502, unit 1. */
export const em24Ethernet: MeterModel = {
  name: "em24_ethernet",
  title: "EM24 Ethernet",
  codes: [1648, 1649, 1650, 1651, 1652, 1653],
  codesWithoutOcmf: [],
  maxWords: 80,
  singleWordRegisters: [0x000b, 0x0302, 0x0304],
  firmware: { measure: { as: "nibbles", at: 0x0302 }, communication: { as: "nibbles", at: 0x0304, min } },
  serialNumber: [{ at: 0x5000, as: "char", words: 7 }],
  live: [{ start: 0x0000, words: 52, fields: threePhaseFields, extended: threePhaseExtended }],
  energies: [{
    importWh: [coarseEnergy(0x0034)],
    exportWh: [coarseEnergy(0x004e)],
    importByPhaseWh: coarseImportByPhase,
  }],
  overRange,
  phaseSequence: { right: 0, wrong: -1 },
  wiring: {
    system: { field: { at: 0x1002, as: "u16" }, threePhase: [0, 1, 4] },
    checks: [{
      field: { at: 0xa000, as: "u16" },
      good: [7],
      advice: "only application H (7) reports exported power and energy; if energy can flow back, set it",
    }],
  },
};
