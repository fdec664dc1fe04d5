import type { LiveBlock } from "../meter_model.ts";

const voltage = (at: number) => ({ at, as: "i32", unit: "V", exp: -1 }) as const;
const current = (at: number) => ({ at, as: "i32", unit: "A", exp: -3 }) as const;
const power = (at: number) => ({ at, as: "i32", unit: "W", exp: -1 }) as const;
const reactivePower = (at: number) => ({ at, as: "i32", unit: "var", exp: -1 }) as const;

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

/** Phase sequence and frequency of most series with three phases, at 0032h and 0033h. */
export const threePhaseGrid = {
  phaseSequence: { at: 0x0032, as: "i16" },
  frequency: { at: 0x0033, as: "i16", unit: "Hz", exp: -1, absent: [-1] },
} as const satisfies LiveBlock["fields"];

/** All live values of most series with three phases, at 0000h to 0033h. */
export const threePhaseFields = { ...threePhasePowers, ...threePhaseGrid } as const;
