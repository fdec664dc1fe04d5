import {
  encodeInteger,
  type Encoding,
  type EnergyRegisters,
  type ExtendedValue,
  type Field,
  type FirmwareVersion,
  type LiveBlock,
  type LiveValue,
  type MeterModel,
  wattHours,
  wordsOf,
} from "../meter/mod.ts";
import { encodeField } from "./encode.ts";
import { serialFieldOf, type SimulatedIdentity } from "./identity.ts";
import { readOnly, type Segment } from "./memory.ts";
import type { MeterVariant } from "./options.ts";
import type { MeterValues } from "./values.ts";

/** Registers of firmware, serial number, year, settings and measured values. */
export function measuredRegisters(identity: SimulatedIdentity, values: () => MeterValues): Segment[] {
  const { model, variant } = identity;
  const { temperature, deviceState } = model;
  const energies = variant.energies === -1 ? undefined : model.energies[variant.energies ?? 0];
  return [
    ...model.live.map((block) => readOnly(block.start, block.words, () => liveWords(block, values(), identity))),
    ...(energies === undefined ? [] : [energyRegisters(energies, values, identity)]),
    ...plateRegisters(identity),
    ...settingRegisters(identity),
    ...(temperature === undefined ? [] : [field(temperature, () => values().temperatureC)]),
    ...(deviceState === undefined ? [] : [field(deviceState.field, () => values().deviceState)]),
  ];
}

/** Encodes a block of live values. */
export function liveWords(
  { start, words, fields, extended = {} }: LiveBlock,
  values: MeterValues,
  { model, variant }: Pick<SimulatedIdentity, "model" | "variant">,
): Uint8Array {
  const bytes = new Uint8Array(words * 2);
  for (const name of Object.keys(measured) as LiveValue[]) {
    const field = fields[name];
    if (field === undefined) continue;
    const isOver = variant.overRange?.includes(name) && (field.as === "i16" || field.as === "i32");
    const encoded = isOver
      ? encodeInteger(field.as, model.overRange[field.as])
      : encodeField(field, measured[name](values));
    bytes.set(ordered(encoded, variant), (field.at - start) * 2);
  }
  for (const name of Object.keys(calculated) as ExtendedValue[]) {
    const field = extended[name];
    if (field === undefined) continue;
    bytes.set(ordered(encodeField(field, calculated[name](values)), variant), (field.at - start) * 2);
  }
  return bytes;
}

/** Returns the words in the word order of the meter. */
function ordered(bytes: Uint8Array, { wordOrder }: MeterVariant): Uint8Array {
  if (wordOrder !== "high_first") return bytes;
  return bytes.map((_, index) => bytes[bytes.length - (index | 1) - 1 + (index & 1)] ?? 0);
}

const calculated: { readonly [V in ExtendedValue]: (values: MeterValues) => number } = {
  voltageL1L2: ({ voltageV }) => lineVoltage(voltageV.L1, voltageV.L2),
  voltageL2L3: ({ voltageV }) => lineVoltage(voltageV.L2, voltageV.L3),
  voltageL3L1: ({ voltageV }) => lineVoltage(voltageV.L3, voltageV.L1),
  apparentPowerL1: (values) => apparentPower(values, "L1"),
  apparentPowerL2: (values) => apparentPower(values, "L2"),
  apparentPowerL3: (values) => apparentPower(values, "L3"),
  apparentPowerTotal: (values) => apparentPower(values, "total"),
  powerFactorL1: (values) => powerFactor(values, "L1"),
  powerFactorL2: (values) => powerFactor(values, "L2"),
  powerFactorL3: (values) => powerFactor(values, "L3"),
  powerFactorTotal: (values) => powerFactor(values, "total"),
};

/** Voltage between two phases with a difference of 120 degrees. */
function lineVoltage(one: number, other: number): number {
  return Math.sqrt(one ** 2 + other ** 2 + one * other);
}

function apparentPower({ powerW, reactivePowerVar }: MeterValues, of: keyof MeterValues["powerW"]): number {
  return Math.hypot(powerW[of], reactivePowerVar[of]);
}

/** 1 without a load, where the power factor is undefined. */
function powerFactor(values: MeterValues, of: keyof MeterValues["powerW"]): number {
  const apparent = apparentPower(values, of);
  return apparent === 0 ? 1 : values.powerW[of] / apparent;
}

const measured: { readonly [V in LiveValue]: (values: MeterValues) => number } = {
  voltageL1: ({ voltageV }) => voltageV.L1,
  voltageL2: ({ voltageV }) => voltageV.L2,
  voltageL3: ({ voltageV }) => voltageV.L3,
  currentL1: ({ currentA }) => currentA.L1,
  currentL2: ({ currentA }) => currentA.L2,
  currentL3: ({ currentA }) => currentA.L3,
  powerL1: ({ powerW }) => powerW.L1,
  powerL2: ({ powerW }) => powerW.L2,
  powerL3: ({ powerW }) => powerW.L3,
  powerTotal: ({ powerW }) => powerW.total,
  reactivePowerL1: ({ reactivePowerVar }) => reactivePowerVar.L1,
  reactivePowerL2: ({ reactivePowerVar }) => reactivePowerVar.L2,
  reactivePowerL3: ({ reactivePowerVar }) => reactivePowerVar.L3,
  reactivePowerTotal: ({ reactivePowerVar }) => reactivePowerVar.total,
  phaseSequence: ({ phaseSequence }) => phaseSequence,
  frequency: ({ frequencyHz }) => frequencyHz,
};

/** Both energies as one block: the addresses between their registers can be read, too. */
function energyRegisters(
  { importWh, exportWh, importByPhaseWh }: EnergyRegisters,
  values: () => MeterValues,
  { variant }: SimulatedIdentity,
): Segment {
  const all = [...importWh, ...exportWh, ...importByPhaseWh ?? []];
  const start = Math.min(...all.map(({ at }) => at));
  const words = Math.max(...all.map((field) => field.at + wordsOf(field))) - start;
  return readOnly(start, words, () => {
    const bytes = new Uint8Array(words * 2);
    const { energyImportWh, energyExportWh } = values();
    for (const [fields, energyWh] of [[importWh, energyImportWh], [exportWh, energyExportWh]] as const) {
      let restWh = BigInt(energyWh);
      for (const field of fields) {
        const stepWh = BigInt(wattHours(field));
        bytes.set(ordered(encodeInteger(numberOf(field), restWh / stepWh), variant), (field.at - start) * 2);
        restWh %= stepWh;
      }
    }
    for (const field of importByPhaseWh ?? []) {
      const stepWh = BigInt(wattHours(field));
      const energy = BigInt(energyImportWh) / 3n / stepWh;
      bytes.set(ordered(encodeInteger(numberOf(field), energy), variant), (field.at - start) * 2);
    }
    return bytes;
  });
}

/** The encoding of a numeric field. */
function numberOf({ as }: Field): Exclude<Encoding, "char" | "lowChar"> {
  if (as === "char" || as === "lowChar") throw new TypeError("A text field has no numeric encoding");
  return as;
}

function plateRegisters({ model, variant, serialNumber, productionYear, firmware }: SimulatedIdentity): Segment[] {
  const { measure, communication } = model.firmware;
  return [
    field(serialFieldOf(model, variant), () => serialNumber),
    ...(model.productionYear === undefined || productionYear === undefined
      ? []
      : [field(model.productionYear, () => productionYear)]),
    ...(measure === undefined ? [] : versionRegisters(measure, firmware.measure)),
    ...(communication === undefined ? [] : versionRegisters(communication, firmware.communication)),
  ];
}

/** Version and revision of a meter with separate registers for them: `B4`. */
const letterVersion = { version: 1, revision: 4 } as const;

function versionRegisters(version: FirmwareVersion, word: number): Segment[] {
  if (version.as === "nibbles") return [field({ at: version.at, as: "u16" }, () => word)];
  return [
    field({ at: version.at, as: "u16" }, () => letterVersion.version),
    field({ at: version.revisionAt, as: "u16" }, () => letterVersion.revision),
  ];
}

/** Correct settings, unless the variant has others. */
function settingRegisters({ model: { wiring }, variant: { settings = {} } }: SimulatedIdentity): Segment[] {
  if (wiring === undefined) return [];
  const { system, checks } = wiring;
  const all = new Map([[system.field, system.threePhase[0] ?? 0]]);
  for (const { field, good, onlyIf } of checks) {
    all.set(field, good[0] ?? 0);
    if (onlyIf !== undefined) all.set(onlyIf.field, onlyIf.value);
  }
  return [...all].map(([at, value]) => field(at, () => settings[at.at] ?? value));
}

function field(field: Field, value: () => number | string): Segment {
  return readOnly(field.at, wordsOf(field), () => encodeField(field, value()));
}

/** Returns the register of the first of these live values that the model has. */
export function liveField({ live }: MeterModel, ...names: readonly LiveValue[]): Field {
  for (const name of names) {
    for (const { fields } of live) {
      const field = fields[name];
      if (field !== undefined) return field;
    }
  }
  throw new TypeError(`There is no register for ${names.join(" or ")}`);
}
