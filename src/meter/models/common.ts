import type { Field } from "../codec.ts";
import type { LiveBlock } from "../meter_model.ts";

const voltage = (at: number) => ({ at, as: "i32", unit: "V", exp: -1 }) as const;
const current = (at: number) => ({ at, as: "i32", unit: "A", exp: -3 }) as const;
const power = (at: number) => ({ at, as: "i32", unit: "W", exp: -1 }) as const;
const reactivePower = (at: number) => ({ at, as: "i32", unit: "var", exp: -1 }) as const;

const apparentPower = (at: number) => ({ at, as: "i32", unit: "VA", exp: -1 }) as const;
const powerFactor = (at: number) => ({ at, as: "i16", exp: -3 }) as const;

/** Voltages, currents and powers of most series with three phases, at 0000h to 002Dh. */
export const threePhasePowers = {
  voltageL1: voltage(0x0000),
  voltageL2: voltage(0x0002),
  voltageL3: voltage(0x0004),
  currentL1: current(0x000c),
  currentL2: current(0x000e),
  currentL3: current(0x0010),
  powerL1: power(0x0012),
  powerL2: power(0x0014),
  powerL3: power(0x0016),
  reactivePowerL1: reactivePower(0x001e),
  reactivePowerL2: reactivePower(0x0020),
  reactivePowerL3: reactivePower(0x0022),
  powerTotal: power(0x0028),
  reactivePowerTotal: reactivePower(0x002c),
} as const satisfies LiveBlock["fields"];

/** What most series with three phases have between those; the sign of a power factor is that of its power. */
export const threePhaseExtended = {
  voltageL1L2: voltage(0x0006),
  voltageL2L3: voltage(0x0008),
  voltageL3L1: voltage(0x000a),
  apparentPowerL1: apparentPower(0x0018),
  apparentPowerL2: apparentPower(0x001a),
  apparentPowerL3: apparentPower(0x001c),
  apparentPowerTotal: apparentPower(0x002a),
  powerFactorL1: powerFactor(0x002e),
  powerFactorL2: powerFactor(0x002f),
  powerFactorL3: powerFactor(0x0030),
  powerFactorTotal: powerFactor(0x0031),
} as const satisfies LiveBlock["extended"];

const fineEnergy = (at: number) => ({ at, as: "i64", unit: "Wh" }) as const;

/** Import by phase between the fine energies at 0500h and 051Ch. */
export const fineImportByPhase = [fineEnergy(0x0510), fineEnergy(0x0514), fineEnergy(0x0518)] as const;

/** Import by phase between the coarse energies at 0034h and 004Eh. */
export const coarseImportByPhase = [coarseEnergy(0x0040), coarseEnergy(0x0042), coarseEnergy(0x0044)] as const;

/** Phase sequence and frequency of most series with three phases, at 0032h and 0033h. */
export const threePhaseGrid = {
  phaseSequence: { at: 0x0032, as: "i16" },
  frequency: { at: 0x0033, as: "i16", unit: "Hz", exp: -1, absent: [-1] },
} as const satisfies LiveBlock["fields"];

/** All live values of most series with three phases, at 0000h to 0033h. */
export const threePhaseFields = { ...threePhasePowers, ...threePhaseGrid } as const;

/** The values that most series return for a value over its range. */
export const overRange = { i16: 0x7fff, i32: 0x7fff_ffff } as const;

/** An energy in tenths of a kWh. */
export function coarseEnergy(at: number): Field {
  return { at, as: "i32", unit: "kWh", exp: -1 };
}
