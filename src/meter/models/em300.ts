import type { MeterModel } from "../meter_model.ts";
import { overRange } from "./common.ts";
import { threePhaseGrid, threePhasePowers } from "./three_phase.ts";

/** EM300 and ET300: live values and energies only. */
export const em300: MeterModel = {
  name: "em300",
  title: "EM300/ET300",
  codes: [331, 332, 335, 336, 340, 341, 345, 346, 355],
  mostWords: 50,
  readAlone: [0x000b],
  firmware: { measure: { as: "nibbles", at: 0x0302 }, communication: { as: "nibbles", at: 0x0303 } },
  serialNumber: [{ at: 0x5000, as: "lowChar", words: 7 }],
  productionYear: { at: 0x5010, as: "u16" },
  live: [
    { start: 0x0000, words: 50, fields: threePhasePowers },
    { start: 0x0032, words: 2, fields: threePhaseGrid },
  ],
  energies: [{
    importWh: [{ at: 0x0400, as: "i32", unit: "kWh" }, { at: 0x0402, as: "i32", unit: "Wh" }],
    exportWh: [{ at: 0x0408, as: "i32", unit: "kWh" }, { at: 0x040a, as: "i32", unit: "Wh" }],
  }],
  overRange,
  phaseSequence: { right: 0, wrong: -1 },
};
