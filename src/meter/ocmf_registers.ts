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
 * @throws {MeterError} `unexpected_value`: a number that is none of the four
 */
export async function readOcmfState(registers: RegisterAccess): Promise<OcmfState> {
  const number = await registers.value(transaction.ocmfState);
  const state = ocmfStates[number];
  if (state === undefined) {
    throw new MeterError(
      "unexpected_value",
      `Cannot tell the OCMF state: register ${hex(transaction.ocmfState.at)}h holds ${number}, known are 0 to 3`,
    );
  }
  return state;
}

/**
 * Reads the OCMF file, trailing NULs removed; empty when its size is 0.
 *
 * @throws {MeterError} `unexpected_value`: a size that the file's registers cannot hold
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
 * Reads whatever can be had of a corrupted OCMF file, trailing NULs removed: all of its registers once, whatever its size
 * says, up to the first block that is refused for good.
 *
 * @throws {ModbusError} the meter is busy: what it holds is not known
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
