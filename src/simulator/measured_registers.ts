import {
  type EnergyRegisters,
  type Field,
  type LiveBlock,
  type LiveValue,
  type MeterModel,
  wordsOf,
} from "../meter/mod.ts";
import { encodeField } from "./encode.ts";
import type { SimulatedIdentity } from "./identity.ts";
import { type Segment, shown } from "./memory.ts";
import type { MeterValues } from "./values.ts";

/** Identification, firmware, serial number, year and what is measured. */
export function measuredRegisters(identity: SimulatedIdentity, values: () => MeterValues): Segment[] {
  const { model } = identity;
  const { temperature, deviceState } = model;
  return [
    ...model.live.map((block) => shown(block.start, block.words, () => liveWords(block, values()))),
    energyRegisters(model.energies[0], values),
    ...plateRegisters(identity),
    ...(temperature === undefined ? [] : [field(temperature, () => values().temperatureC)]),
    ...(deviceState === undefined ? [] : [field(deviceState.field, () => values().deviceState)]),
  ];
}

/** The words of a block of live values. */
export function liveWords({ start, words, fields }: LiveBlock, values: MeterValues): Uint8Array {
  const bytes = new Uint8Array(words * 2);
  for (const name of Object.keys(measured) as LiveValue[]) {
    const field = fields[name];
    if (field !== undefined) bytes.set(encodeField(field, measured[name](values)), (field.at - start) * 2);
  }
  return bytes;
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

/** Both energies as one block: what lies between the registers can be read, too. */
function energyRegisters({ importWh, exportWh }: EnergyRegisters, values: () => MeterValues): Segment {
  const all = [...importWh, ...exportWh];
  const start = Math.min(...all.map(({ at }) => at));
  const words = Math.max(...all.map((field) => field.at + wordsOf(field))) - start;
  return shown(start, words, () => {
    const bytes = new Uint8Array(words * 2);
    const { energyImportWh, energyExportWh } = values();
    for (const [fields, energyWh] of [[importWh, energyImportWh], [exportWh, energyExportWh]] as const) {
      let restWh = BigInt(energyWh);
      for (const field of fields) {
        const stepWh = BigInt(10 ** ((field.unit === "kWh" ? 3 : 0) + (field.exp ?? 0)));
        bytes.set(encodeField(field, restWh / stepWh), (field.at - start) * 2);
        restWh %= stepWh;
      }
    }
    return bytes;
  });
}

function plateRegisters({ model, serialNumber, productionYear, firmware }: SimulatedIdentity): Segment[] {
  const [serialField] = model.serialNumber;
  const { measure, communication } = model.firmware;
  return [
    field(serialField, () => serialNumber),
    ...(model.productionYear === undefined || productionYear === undefined
      ? []
      : [field(model.productionYear, () => productionYear)]),
    ...(measure === undefined ? [] : [field({ at: measure.at, as: "u16" }, () => firmware.measure)]),
    ...(communication === undefined ? [] : [field({ at: communication.at, as: "u16" }, () => firmware.communication)]),
  ];
}

function field(field: Field, value: () => number | string): Segment {
  return shown(field.at, wordsOf(field), () => encodeField(field, value()));
}

/** The register of a live value; of another phase where the model has none for this one. */
export function liveField({ live }: MeterModel, ...names: readonly LiveValue[]): Field {
  for (const name of names) {
    for (const { fields } of live) {
      const field = fields[name];
      if (field !== undefined) return field;
    }
  }
  throw new TypeError(`There is no register for ${names.join(" or ")}`);
}
