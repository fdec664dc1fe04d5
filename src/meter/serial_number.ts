import { hex, hexText } from "../base/hex.ts";
import type { Time } from "../base/time.ts";
import { decodeField, type Field, wordsOf } from "./codec.ts";
import { MeterError } from "./errors.ts";
import { unlessAbsent } from "./refusal.ts";
import type { RegisterAccess } from "./register_access.ts";
import type { MeterModel } from "./meter_model.ts";

/**
 * An implausible serial number is read again for this long: some meters return only its first letter after power-up.
 */
const rereadForMs = 5000;
const pauseMs = 500;

/** All meters of these series have at least this many characters. */
const minCharacters = 5;

const fallbackNumber = "none";

/** Dependencies of reading a serial number. */
export interface SerialNumberTools {
  readonly model: Pick<MeterModel, "serialNumber" | "hasOptionalSerialNumber">;
  /** Replaces the serial number of a meter without one. @default "none" */
  readonly unnumbered?: string | undefined;
  /** A known plausible serial number; then an implausible one is never accepted. */
  readonly known?: string | undefined;
  /** Undefined: an implausible serial number is not read again. */
  readonly time?: Time | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Reads the serial number (register 320481) and trims it. If it is implausible, or refused by a meter that may have
 * none, it is read again for up to 5 s. An empty serial number counts as none.
 *
 * @throws {MeterError} `unexpected_value`: it stays implausible, but a plausible one is known
 * @throws {LineError} no usable answer
 * @throws {ModbusError} the meter refused
 */
export async function readSerialNumber(registers: RegisterAccess, tools: SerialNumberTools): Promise<string> {
  const { model: { serialNumber: layouts }, time, signal, unnumbered = fallbackNumber } = tools;
  const known = tools.known === "" ? undefined : tools.known;
  const deadlineMs = time === undefined ? 0 : time.mono() + rereadForMs;
  for (;;) {
    const bytes = await readWords(registers, tools);
    const isLast = time === undefined || time.mono() + pauseMs > deadlineMs || signal?.aborted;
    if (bytes === undefined) {
      if (known !== undefined || isLast) return unnumbered;
      await time.sleep(pauseMs, signal);
      continue;
    }
    const field = layoutOf(layouts, bytes);
    const serialNumber = String(decodeField(field, bytes)).trim();
    if (serialNumber === "" && known === unnumbered) return known;
    if (serialNumber === known) return serialNumber;
    // The beginning of the known number is that number, cut off
    const isCut = known?.startsWith(serialNumber) === true;
    if (!isCut && isPlausible(serialNumber, charactersOf(field, bytes))) return serialNumber;
    if (isLast) {
      if (known === undefined || !isPlausible(known)) return serialNumber === "" ? unnumbered : serialNumber;
      throw new MeterError(
        "unexpected_value",
        `The serial number is implausible (register ${hex(field.at)}h contains ${hexText(bytes)}), but ` +
          `meter ${known} was here before; reading it again`,
      );
    }
    await time.sleep(pauseMs, signal);
  }
}

/** @returns undefined: the meter has no serial number */
async function readWords(registers: RegisterAccess, tools: SerialNumberTools): Promise<Uint8Array | undefined> {
  const { model: { serialNumber: [field], hasOptionalSerialNumber }, known, unnumbered = fallbackNumber } = tools;
  const read = (how: RegisterAccess) => how.read(field.at, wordsOf(field));
  // A meter that is known by its serial number has one
  const isOptional = hasOptionalSerialNumber === true && (!known || known === unnumbered);
  return isOptional ? await unlessAbsent(() => read(registers.with({ repeatRefused: false }))) : await read(registers);
}

/** Whether a serial number is plausible; `characters`: all bytes of its register. */
function isPlausible(serialNumber: string, characters: Uint8Array = new Uint8Array()): boolean {
  if (serialNumber.length < minCharacters || /[\p{Cc}\uFFFD]/u.test(serialNumber)) return false;
  const end = characters.indexOf(0);
  return end < 0 || characters.subarray(end).every((byte) => byte === 0);
}

/** Whether a meter returns a plausible serial number in one of these formats. */
export async function hasSerialNumber(
  registers: RegisterAccess,
  layouts: MeterModel["serialNumber"],
): Promise<boolean> {
  const bytes = await registers.read(layouts[0].at, wordsOf(layouts[0]));
  const field = layoutOf(layouts, bytes);
  return isPlausible(String(decodeField(field, bytes)).trim(), charactersOf(field, bytes));
}

/** The format that fits the words, otherwise the last one. */
function layoutOf(layouts: MeterModel["serialNumber"], bytes: Uint8Array): Field {
  return layouts.find((layout) => fits(layout, bytes)) ?? layouts[layouts.length - 1] ?? layouts[0];
}

/** With one character per word, the other byte of each word is 0. */
function fits({ as }: Field, bytes: Uint8Array): boolean {
  return as !== "lowChar" || bytes.every((byte, index) => index % 2 === 1 || byte === 0);
}

function charactersOf(field: Field, bytes: Uint8Array): Uint8Array {
  return field.as === "lowChar" ? bytes.filter((_, index) => index % 2 === 1) : bytes;
}
