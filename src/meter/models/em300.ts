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

const codesWithoutOcmf = [331, 332, 335, 336, 340, 341, 345, 346, 355];
const sampleCodes = [330, 340];

/** EM300 and ET300: only live values and energies. */
export const em300: MeterModel = {
  name: "em300",
  title: "EM300/ET300",
  codes: [...codesWithoutOcmf, 330],
  codesWithoutOcmf,
  sampleCodes,
  maxWords: 50,
  minPauseMs: 40,
  singleWordRegisters: [0x000b, 0x0302, 0x0303],
  firmware: { measure: { as: "letter", at: 0x0302, revisionAt: 0x0303 } },
  serialNumber: [{ at: 0x5000, as: "lowChar", words: 7 }, { at: 0x5000, as: "char", words: 7 }],
  productionYear: { at: 0x5010, as: "u16" },
  live: [
    { start: 0x0000, words: 50, fields: threePhasePowers, extended: threePhaseExtended },
    { start: 0x0032, words: 2, fields: threePhaseGrid },
  ],
  energies: [
    {
      importWh: [{ at: 0x0400, as: "i32", unit: "kWh" }, { at: 0x0402, as: "i32", unit: "Wh" }],
      exportWh: [{ at: 0x0408, as: "i32", unit: "kWh" }, { at: 0x040a, as: "i32", unit: "Wh" }],
    },
    {
      importWh: [{ at: 0x0500, as: "i64", unit: "Wh" }],
      exportWh: [{ at: 0x051c, as: "i64", unit: "Wh" }],
      importByPhaseWh: fineImportByPhase,
    },
    { importWh: [coarseEnergy(0x0034)], exportWh: [coarseEnergy(0x004e)], importByPhaseWh: coarseImportByPhase },
  ],
  overRange,
  phaseSequence: { right: 0, wrong: -1 },
  wiring: {
    system: { field: { at: 0x1002, as: "u16" }, threePhase: [0, 1] },
    checks: [
      {
        field: { at: 0x1103, as: "u16" },
        good: [1],
        advice: "measurement mode A counts export as import; if energy can flow back, set mode B",
      },
      {
        field: { at: 0x1105, as: "u16" },
        good: [0],
        advice:
          "the meter reports a wrong connection, which its display shows: check the order of the phases and the " +
          "direction of the currents",
        onlyIf: { field: { at: 0x1104, as: "u16" }, value: 0 },
      },
    ],
  },
};
