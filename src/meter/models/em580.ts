import { maxRequestWords } from "../../modbus/mod.ts";
import type { MeterModel } from "../meter_model.ts";
import { billing, clock } from "../registers.ts";
import { fineImportByPhase, overRange, threePhaseExtended, threePhaseFields } from "./common.ts";

/** EM580: OCMF transactions, signatures, a clock, a temperature and a device state. */
export const em580: MeterModel = {
  name: "em580",
  title: "EM580",
  codes: [],
  codesWithoutOcmf: [],
  maxWords: maxRequestWords.read,
  singleWordRegisters: [0x000b],
  firmware: { measure: { as: "nibbles", at: 0x0302 }, communication: { as: "nibbles", at: 0x0303 } },
  serialNumber: [{ at: 0x5000, as: "char", words: 7 }],
  productionYear: { at: 0x5007, as: "u16" },
  typeName: "EM580DINAV23XS3DET",
  live: [{ start: 0x0000, words: 52, fields: threePhaseFields, extended: threePhaseExtended }],
  energies: [{
    importWh: [{ at: 0x0500, as: "i64", unit: "Wh" }],
    exportWh: [{ at: 0x051c, as: "i64", unit: "Wh" }],
    importByPhaseWh: fineImportByPhase,
  }],
  overRange,
  phaseSequence: { right: 1, wrong: -1 },
  temperature: { at: 0x0307, as: "i16", unit: "degC", exp: -1 },
  deviceState: {
    field: { at: 0x5012, as: "u16" },
    bits: new Map([
      [0, "voltage V1N over maximum range"],
      [1, "voltage V2N over maximum range"],
      [2, "voltage V3N over maximum range"],
      [3, "voltage V12 over maximum range"],
      [4, "voltage V23 over maximum range"],
      [5, "voltage V31 over maximum range"],
      [6, "current I1 over maximum range"],
      [7, "current I2 over maximum range"],
      [8, "current I3 over maximum range"],
      [9, "frequency outside validity range"],
      [12, "EVCS module internal fault"],
      [13, "measure module internal fault"],
    ]),
  },
  clock,
  billing,
};
