import type { Phases } from "../meter/mod.ts";
import { seeded } from "./random.ts";

/** Values of the load and the grid; all other measured values follow from them. */
export interface LoadValues {
  readonly voltageV: Phases;
  readonly currentA: Phases;
  readonly frequencyHz: number;
  readonly temperatureC: number;
}

/** A load as a function of time, in seconds since the start of the meter. */
export type Load = (seconds: number) => LoadValues;

/** A constant load. */
export const constantLoad: Load = (): LoadValues => ({
  voltageV: { L1: 230.1, L2: 229.8, L3: 230.4 },
  currentA: { L1: 16, L2: 15.5, L3: 16.25 },
  frequencyHz: 50,
  temperatureC: 31.5,
});

/** A charging vehicle on a grid with small variations: smooth, and different for each seed. */
export function movingLoad(seed: number): Load {
  const random = seeded(seed);
  const randomPhase = () => random.next().value * 2 * Math.PI;
  const wave = (periodS: number, amplitude: number) => {
    const phase = randomPhase();
    return (seconds: number) => amplitude * Math.sin(2 * Math.PI * seconds / periodS + phase);
  };
  const charging = wave(173, 7);
  const ripple = { L1: wave(11, 0.4), L2: wave(13, 0.4), L3: wave(17, 0.4) };
  const grid = { L1: wave(61, 1.3), L2: wave(67, 1.3), L3: wave(71, 1.3) };
  const frequency = wave(41, 0.12);
  const temperature = wave(1800, 4);

  return (seconds) => {
    const currents = byPhase((phase) => 16 + charging(seconds) + ripple[phase](seconds));
    return {
      voltageV: byPhase((phase) => 232 - 0.1 * currents[phase] + grid[phase](seconds)),
      currentA: currents,
      frequencyHz: 50 + frequency(seconds),
      temperatureC: 33 + temperature(seconds),
    };
  };
}

/** Computes a value for each phase. */
export function byPhase(value: (phase: keyof Phases) => number): Phases {
  return { L1: value("L1"), L2: value("L2"), L3: value("L3") };
}
