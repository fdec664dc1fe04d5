import type { Time } from "../base/time.ts";
import type { Field, MeterModel, Phases } from "../meter/mod.ts";
import { roundTo } from "./encode.ts";
import { byPhase, type Load } from "./load.ts";
import { liveField } from "./measured_registers.ts";
import type { MeterValues, ValuesPatch } from "./values.ts";

/** Share of the active power that a charger's filters take as reactive power. */
const reactiveShare = 0.03;
const longestStepS = 1;
const mostSteps = 3600;

/** Energy in whole Wh of any size, and the part of a Wh that no register shows. */
interface EnergyCounter {
  wholeWh: bigint;
  partWh: number;
}

/** What a meter measures now: the load's values, what was set in their place, and the energies they add up to. */
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
  #held: ValuesPatch = {};

  /** @param counts whether the energies add up; false: only `set` changes them */
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

  /** Holds values; energies go on from the one that is set. */
  set(patch: ValuesPatch): void {
    this.#count();
    const { energyImportWh, energyExportWh, ...held } = patch;
    if (energyImportWh !== undefined) setCounter(this.#import, energyImportWh);
    if (energyExportWh !== undefined) setCounter(this.#export, energyExportWh);
    this.#held = {
      ...this.#held,
      ...held,
      voltageV: { ...this.#held.voltageV, ...held.voltageV },
      currentA: { ...this.#held.currentA, ...held.currentA },
      powerW: { ...this.#held.powerW, ...held.powerW },
      reactivePowerVar: { ...this.#held.reactivePowerVar, ...held.reactivePowerVar },
    };
  }

  /** Lets the time since the last look pass without counting energy: the meter had no power. */
  skip(): void {
    this.#countedMs = this.#time.mono();
  }

  /** The values of this moment. */
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
    const held = this.#held;
    const voltage = byPhase((phase) => roundTo(this.#steps.voltage, held.voltageV?.[phase] ?? load.voltageV[phase]));
    const power = (phase: keyof Phases) => held.powerW?.[phase];
    const current = byPhase((phase) => {
      const wanted = held.currentA?.[phase] ?? quotient(power(phase), voltage[phase]) ?? load.currentA[phase];
      return roundTo(this.#steps.current, wanted);
    });
    const active = byPhase((phase) => roundTo(this.#steps.power, power(phase) ?? voltage[phase] * current[phase]));
    const reactive = byPhase((phase) =>
      roundTo(this.#steps.reactivePower, held.reactivePowerVar?.[phase] ?? reactiveShare * active[phase])
    );
    return {
      voltageV: voltage,
      currentA: current,
      powerW: { ...active, total: roundTo(this.#steps.power, held.powerW?.total ?? sum(active)) },
      reactivePowerVar: {
        ...reactive,
        total: roundTo(this.#steps.reactivePower, held.reactivePowerVar?.total ?? sum(reactive)),
      },
      phaseSequence: held.phaseSequence ?? this.#phaseSequence,
      frequencyHz: held.frequencyHz ?? load.frequencyHz,
      temperatureC: held.temperatureC ?? load.temperatureC,
      deviceState: held.deviceState ?? 0,
    };
  }

  #count(): void {
    const nowMs = this.#time.mono();
    const spanS = (nowMs - this.#countedMs) / 1000;
    if (this.#counts && spanS > 0) {
      const steps = Math.min(mostSteps, Math.ceil(spanS / longestStepS));
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
