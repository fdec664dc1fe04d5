import type { MeterModel } from "../meter_model.ts";
import {
  coarseEnergy,
  coarseImportByPhase,
  fineImportByPhase,
  overRange,
  threePhaseExtended,
  threePhaseGrid,
  threePhasePowers,
} from "./common.ts";

/** EM530 and EM540. The maximum number of words in one read is unknown; 50 are safe. */
export const em530: MeterModel = {
  name: "em530",
  title: "EM530/EM540",
  codes: [1744, 1745, 1746, 1747, 1760, 1761, 1762, 1763],
  codesWithoutOcmf: [],
  maxWords: 50,
  singleWordRegisters: [0x000b, 0x0302],
  firmware: { measure: { as: "nibbles", at: 0x0302 } },
  serialNumber: [{ at: 0x5000, as: "char", words: 7 }],
  productionYear: { at: 0x5007, as: "u16" },
  live: [
    { start: 0x0000, words: 50, fields: threePhasePowers, extended: threePhaseExtended },
    { start: 0x0032, words: 2, fields: threePhaseGrid },
  ],
  energies: [
    {
      importWh: [{ at: 0x0500, as: "i64", unit: "Wh" }],
      exportWh: [{ at: 0x051c, as: "i64", unit: "Wh" }],
      importByPhaseWh: fineImportByPhase,
    },
    { importWh: [coarseEnergy(0x0034)], exportWh: [coarseEnergy(0x004e)], importByPhaseWh: coarseImportByPhase },
  ],
  overRange,
  currentSign: "of_power",
  phaseSequence: { right: 1, wrong: -1 },
  wiring: {
    system: { field: { at: 0x1002, as: "u16" }, threePhase: [0, 1] },
    checks: [{
      field: { at: 0x1103, as: "u16" },
      good: [1, 2],
      advice: "measurement mode A counts export as import; if energy can flow back, set mode B or C",
    }],
  },
};
