import { hex } from "../base/hex.ts";
import { maxRequestWords } from "../modbus/mod.ts";
import { withoutTrailingNuls } from "./codec.ts";
import { MeterError } from "./errors.ts";
import { isRefusal } from "./refusal.ts";
import type { RegisterAccess } from "./register_access.ts";
import type { OcmfState } from "./registers.ts";
import { ocmfStates, transaction } from "./registers.ts";

/**
 * Reads the OCMF state.
 *
 * @throws {MeterError} `unexpected_value`: an unknown number
 */
export async function readOcmfState(registers: RegisterAccess): Promise<OcmfState> {
  const number = await registers.value(transaction.ocmfState);
  const state = ocmfStates[number];
  if (state === undefined) {
    throw new MeterError(
      "unexpected_value",
      `Unknown OCMF state: register ${hex(transaction.ocmfState.at)}h contains ${number}; 0 to 3 are known`,
    );
  }
  return state;
}

/**
 * Reads the OCMF file without trailing NULs; empty if its size is 0.
 *
 * @throws {MeterError} `unexpected_value`: the size is larger than the registers of the file
 */
export async function readOcmfFile(registers: RegisterAccess): Promise<Uint8Array> {
  const { at, maxWords } = transaction.ocmfFile;
  const words = await registers.value(transaction.ocmfSize);
  if (words > maxWords) {
    throw new MeterError(
      "unexpected_value",
      `Cannot read an OCMF file of ${words} words (register ${hex(transaction.ocmfSize.at)}h): at most ${maxWords} fit`,
    );
  }
  if (words === 0) return new Uint8Array();
  return withoutTrailingNuls(await registers.read(at, words));
}

/**
 * Reads as much as possible of a corrupted OCMF file, without trailing NULs: all of its registers once, independent of
 * its size, up to the first block that the meter refuses.
 *
 * @throws {ModbusError} the meter is busy, so its content is unknown
 */
export async function salvageOcmfFile(registers: RegisterAccess): Promise<Uint8Array> {
  const { at, maxWords } = transaction.ocmfFile;
  const bytes = new Uint8Array(maxWords * 2);
  const retryingRefusals = registers.with({ repeatRefused: true });
  let done = 0;
  while (done < maxWords) {
    const count = Math.min(maxRequestWords.read, maxWords - done);
    const block = await unlessRefused(retryingRefusals.read(at + done, count));
    if (block === undefined) break;
    bytes.set(block, done * 2);
    done += count;
  }
  return withoutTrailingNuls(bytes.subarray(0, done * 2));
}

async function unlessRefused<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (isRefusal(error)) return undefined;
    throw error;
  }
}
