import { decodeInteger, type Field } from "./codec.ts";
import type { GatheredWords } from "./gathered_words.ts";
import type { FirmwareVersion, MeterModel } from "./meter_model.ts";
import { planReads } from "./read_plan.ts";
import type { RegisterAccess } from "./register_access.ts";
import type { Identity } from "./types.ts";

/**
 * Reads the versions of the firmware.
 *
 * @throws {LineError} no usable answer
 * @throws {ModbusError} the meter refused
 */
export async function readFirmware(registers: RegisterAccess, model: MeterModel): Promise<Identity["firmware"]> {
  const { measure, communication } = model.firmware;
  const fields = [measure, communication].flatMap((version) => version === undefined ? [] : fieldsOf(version));
  const words = await registers.gather(planReads(fields, registers.cost, model));
  return { measure: versionText(measure, words), communication: versionText(communication, words) };
}

/** The registers of a version. */
export function fieldsOf(version: FirmwareVersion): readonly Field[] {
  return [{ at: version.at, as: "u16" }];
}

function versionText(version: FirmwareVersion | undefined, words: GatheredWords): string {
  const [high = 0] = version === undefined
    ? []
    : fieldsOf(version).map((field) => decodeInteger(field, words.of(field)));
  return firmwareText(high);
}

/** `1.6.3` for 1603h: major and minor are the nibbles of the high byte, the revision is the low byte. */
export function firmwareText(word: number): string {
  return `${word >> 12}.${word >> 8 & 0xf}.${word & 0xff}`;
}
