import type { Complaints } from "./complaints.ts";
import type { Decoded } from "./codec.ts";
import { decode } from "./codec.ts";
import { hexText } from "./billing.ts";
import { readEnergies } from "./energies.ts";
import { MeterError } from "./errors.ts";
import { liveReads, signedMapRead } from "./read_plan.ts";
import type { RegisterAccess } from "./register_access.ts";
import { live, signedMap, temperature } from "./registers.ts";
import type { Identity, Reading, SignedValue } from "./types.ts";

/** What a reading holds besides the live values. */
export interface Wanted {
  readonly energy: boolean;
  readonly temperature: boolean;
  readonly signedValue: boolean;
}

/** What readings are taken with. */
export interface ReadingTools {
  /** Wall clock in milliseconds. */
  readonly now: () => number;
  /** Told of values that are missing in a reading. */
  readonly complaints: Complaints;
}

/**
 * Takes one reading. A temperature or a signed map that cannot be read, or an energy that is not exact as a number, is
 * left out; a failure of the live values or the energies fails the reading.
 *
 * @throws {LineError} no usable answer
 * @throws {ModbusError} the meter refused
 */
export async function takeReading(
  registers: RegisterAccess,
  identity: Identity,
  wanted: Wanted,
  tools: ReadingTools,
): Promise<Reading> {
  const everywhere = registers.with({ repeatRefused: true });
  const { values, takenAtMs } = await readLive(everywhere, identity, tools.now);
  const energies = wanted.energy ? await readEnergies(everywhere, identity.family, tools.complaints) : {};
  const attempt = async <T>(what: string, read: () => Promise<T>): Promise<T | undefined> => {
    try {
      const value = await read();
      tools.complaints.worked(what);
      return value;
    } catch (error) {
      if (registers.withdrawn) throw error;
      tools.complaints.failed(what, error);
      return undefined;
    }
  };
  const temperatureC = wanted.temperature && identity.family === "em580"
    ? await attempt("temperature", () => registers.value(temperature))
    : undefined;
  const signedValue = wanted.signedValue && identity.billing.able
    ? await attempt("signed live map", () => readSignedValue(registers, identity, tools.now))
    : undefined;
  return {
    ...liveReading(identity.meterId, takenAtMs, values),
    ...energies,
    ...(temperatureC === undefined ? {} : { temperatureC }),
    ...(signedValue === undefined ? {} : { signedValue }),
  };
}

/**
 * Reads the signed live map.
 *
 * @throws {MeterError} `not_supported`: the meter has no signature key
 */
export async function readSignedValue(
  registers: RegisterAccess,
  identity: Identity,
  now: () => number,
): Promise<SignedValue> {
  const { billing } = identity;
  if (!billing.able) throw new MeterError("not_supported", `Cannot read a signed live map: ${billing.reason}`);
  const { start, words } = signedMapRead(billing.keyBits);
  const bytes = await registers.read(start, words);
  const takenAtMs = now();
  const border = signedMap.dataWords * 2;
  return {
    data: hexText(bytes.subarray(0, border)),
    signature: hexText(bytes.subarray(border)),
    signingMethod: billing.signingMethod,
    takenAtMs,
  };
}

async function readLive(
  registers: RegisterAccess,
  { family }: Identity,
  now: () => number,
): Promise<{ values: Decoded<typeof live>; takenAtMs: number }> {
  let takenAtMs: number | undefined;
  const bytes = await registers.gather(live, liveReads(family, registers.cost), () => takenAtMs = now());
  return { takenAtMs: takenAtMs ?? now(), values: decode(live, bytes) };
}

function liveReading(meterId: string, takenAtMs: number, values: Decoded<typeof live>): Reading {
  const sequence = values.phaseSequence;
  return {
    meterId,
    takenAtMs,
    ...(sequence === -1 || sequence === 1 ? { phaseSequenceError: sequence === -1 } : {}),
    powerW: { total: values.powerTotal, L1: values.powerL1, L2: values.powerL2, L3: values.powerL3 },
    voltageV: { L1: values.voltageL1, L2: values.voltageL2, L3: values.voltageL3 },
    reactivePowerVar: {
      total: values.reactivePowerTotal,
      L1: values.reactivePowerL1,
      L2: values.reactivePowerL2,
      L3: values.reactivePowerL3,
    },
    currentA: { L1: values.currentL1, L2: values.currentL2, L3: values.currentL3 },
    frequencyHz: values.frequency,
  };
}
