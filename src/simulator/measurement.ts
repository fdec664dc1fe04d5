import type { Time } from "../base/time.ts";
import type { Field, MeterModel, Phases } from "../meter/mod.ts";
import { roundTo } from "./encode.ts";
import { byPhase, type Load } from "./load.ts";
import { liveField } from "./measured_registers.ts";
import type { MeterValues, ValuesPatch } from "./values.ts";

/** Reactive power of the filters of a charger, as a share of the active power. */
const reactiveShare = 0.03;
const maxStepS = 1;
const maxSteps = 3600;

/** Energy in whole Wh of any size, and the fraction of a Wh that no register shows. */
interface EnergyCounter {
  wholeWh: bigint;
  partWh: number;
}

/** The current values of a meter: those of the load, those set by `set`, and the resulting energies. */
export class Measurement {
  readonly #time: Time;
  readonly #load: Load;
  readonly #counts: boolean;
  readonly #steps: Readonly<Record<"voltage" | "current" | "power" | "reactivePower", Field>>;
  readonly #phaseSequence: number;
  readonly #startMs: number;
  readonly #import: EnergyCounter = { wholeWh: 1_234_567n, partWh: 0 };
  readonly #export: EnergyCounter = { wholeWh: 89n, partWh: 0 };
  #countedMs: number;
  #fixed: ValuesPatch = {};

  /** @param counts whether the energies increase; false: only `set` changes them */
  constructor(model: MeterModel, time: Time, load: Load, counts: boolean) {
    this.#steps = {
      voltage: liveField(model, "voltageL1"),
      current: liveField(model, "currentL1"),
      power: liveField(model, "powerL1"),
      reactivePower: liveField(model, "reactivePowerL1", "reactivePowerTotal"),
    };
    this.#phaseSequence = model.phaseSequence?.right ?? 0;
    this.#time = time;
    this.#load = load;
    this.#counts = counts;
    this.#startMs = this.#countedMs = time.mono();
  }

  /** Sets fixed values. Energies continue to count from the set value. */
  set(patch: ValuesPatch): void {
    this.#count();
    const { energyImportWh, energyExportWh, ...fixed } = patch;
    if (energyImportWh !== undefined) setCounter(this.#import, energyImportWh);
    if (energyExportWh !== undefined) setCounter(this.#export, energyExportWh);
    this.#fixed = {
      ...this.#fixed,
      ...fixed,
      voltageV: { ...this.#fixed.voltageV, ...fixed.voltageV },
      currentA: { ...this.#fixed.currentA, ...fixed.currentA },
      powerW: { ...this.#fixed.powerW, ...fixed.powerW },
      reactivePowerVar: { ...this.#fixed.reactivePowerVar, ...fixed.reactivePowerVar },
    };
  }

  /** Skips the time since the last count: the meter had no power. */
  skip(): void {
    this.#countedMs = this.#time.mono();
  }

  /** The current values. */
  get values(): MeterValues {
    this.#count();
    return {
      ...this.#electrical(this.#time.mono()),
      energyImportWh: this.#import.wholeWh,
      energyExportWh: this.#export.wholeWh,
    };
  }

  #electrical(atMs: number): Omit<MeterValues, "energyImportWh" | "energyExportWh"> {
    const load = this.#load((atMs - this.#startMs) / 1000);
    const fixed = this.#fixed;
    const voltage = byPhase((phase) => roundTo(this.#steps.voltage, fixed.voltageV?.[phase] ?? load.voltageV[phase]));
    const power = (phase: keyof Phases) => fixed.powerW?.[phase];
    const current = byPhase((phase) => {
      const current = fixed.currentA?.[phase] ?? quotient(power(phase), voltage[phase]) ?? load.currentA[phase];
      return roundTo(this.#steps.current, current);
    });
    const active = byPhase((phase) => roundTo(this.#steps.power, power(phase) ?? voltage[phase] * current[phase]));
    const reactive = byPhase((phase) =>
      roundTo(this.#steps.reactivePower, fixed.reactivePowerVar?.[phase] ?? reactiveShare * active[phase])
    );
    return {
      voltageV: voltage,
      currentA: current,
      powerW: { ...active, total: roundTo(this.#steps.power, fixed.powerW?.total ?? sum(active)) },
      reactivePowerVar: {
        ...reactive,
        total: roundTo(this.#steps.reactivePower, fixed.reactivePowerVar?.total ?? sum(reactive)),
      },
      phaseSequence: fixed.phaseSequence ?? this.#phaseSequence,
      frequencyHz: fixed.frequencyHz ?? load.frequencyHz,
      temperatureC: fixed.temperatureC ?? load.temperatureC,
      deviceState: fixed.deviceState ?? 0,
    };
  }

  #count(): void {
    const nowMs = this.#time.mono();
    const spanS = (nowMs - this.#countedMs) / 1000;
    if (this.#counts && spanS > 0) {
      const steps = Math.min(maxSteps, Math.ceil(spanS / maxStepS));
      const stepS = spanS / steps;
      for (let step = 0; step < steps; step++) {
        const { powerW } = this.#electrical(this.#countedMs + (step + 0.5) * stepS * 1000);
        addTo(powerW.total < 0 ? this.#export : this.#import, Math.abs(powerW.total) * stepS / 3600);
      }
    }
    this.#countedMs = nowMs;
  }
}

function setCounter(counter: EnergyCounter, wattHours: number | bigint): void {
  counter.wholeWh = BigInt(wattHours);
  counter.partWh = 0;
}

function addTo(counter: EnergyCounter, wattHours: number): void {
  const sumWh = counter.partWh + wattHours;
  counter.wholeWh += BigInt(Math.floor(sumWh));
  counter.partWh = sumWh - Math.floor(sumWh);
}

function sum({ L1, L2, L3 }: Phases): number {
  return L1 + L2 + L3;
}

function quotient(power: number | undefined, voltage: number): number | undefined {
  return power === undefined || voltage === 0 ? undefined : power / voltage;
}
