import { assumedModel, type Field, type MeterModel, meterModels, wordsOf } from "../meter/mod.ts";
import type { MeterVariant, SimulatedMeterOptions } from "./options.ts";

/** Identity of a simulated meter, with all defaults. */
export interface SimulatedIdentity {
  readonly model: MeterModel;
  readonly variant: MeterVariant;
  readonly unit: number;
  readonly name: string;
  readonly identificationCode: number;
  readonly serialNumber: string;
  readonly productionYear: number | undefined;
  /** Words of registers 300771 and 300772. */
  readonly firmware: { readonly measure: number; readonly communication: number };
  /** As in a record: `M_1.6.3-C_1.6.3`. */
  readonly firmwareText: string;
}

/** The code of a series without a documented code. */
const defaultCode = 580;

/** @throws {RangeError} the model, unit, serial number or firmware is invalid */
export function simulatedIdentity(options: SimulatedMeterOptions): SimulatedIdentity {
  const { unit, firmware = { measure: "1.6.3", communication: "1.6.3" } } = options;
  const model = options.model === undefined ? assumedModel : meterModels.find(({ name }) => name === options.model);
  if (model === undefined) throw new RangeError(`Unknown model "${options.model}"`);
  if (!Number.isInteger(unit) || unit < 1 || unit > 247) throw new RangeError(`Unit ${unit}: allowed are 1 to 247`);
  const digits = String(unit).padStart(3, "0");
  const { variant = {} } = options;
  const maxLength = maxCharacters(serialFieldOf(model, variant));
  const serialNumber = options.serialNumber ?? (maxLength < 13 ? `SIM4${digits}` : `KZ1234567${digits}D`);
  if (serialNumber.length > maxLength) {
    throw new RangeError(`Serial number "${serialNumber}": an ${model.title} has at most ${maxLength} characters`);
  }
  return {
    model,
    variant,
    unit,
    name: options.name ?? `sim-${unit}`,
    identificationCode: options.identificationCode ?? model.codes[0] ?? defaultCode,
    serialNumber,
    productionYear: options.productionYear ?? (model.billing === undefined ? undefined : 2024),
    firmware: { measure: firmwareWord(firmware.measure), communication: firmwareWord(firmware.communication) },
    firmwareText: `M_${firmware.measure}-C_${firmware.communication}`,
  };
}

/** The field of the serial number. */
export function serialFieldOf({ serialNumber }: MeterModel, variant: MeterVariant): Field {
  return serialNumber[variant.serialNumber ?? 0] ?? serialNumber[0];
}

/** A serial number with two characters per word ends with a NUL. */
function maxCharacters(field: Field): number {
  return field.as === "lowChar" ? wordsOf(field) : wordsOf(field) * 2 - 1;
}

function firmwareWord(version: string): number {
  const [major = -1, minor = -1, revision = -1] = version.split(".").map(Number);
  const fits = (part: number, maximum: number) => Number.isInteger(part) && part >= 0 && part <= maximum;
  if (!fits(major, 15) || !fits(minor, 15) || !fits(revision, 255)) {
    throw new RangeError(`Firmware "${version}": allowed is major.minor.revision with 0..15, 0..15, 0..255`);
  }
  return major << 12 | minor << 8 | revision;
}
