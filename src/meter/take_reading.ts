import { hexText } from "../base/hex.ts";
import type { ReadFailures } from "./read_failures.ts";
import { wordsOf } from "./codec.ts";
import { readEnergies } from "./energies.ts";
import { decodeExtended } from "./extended_values.ts";
import type { ReadWords } from "./read_words.ts";
import { MeterError } from "./errors.ts";
import { measuredValue } from "./measured_value.ts";
import { decodeLive, type LiveReading } from "./live_values.ts";
import { liveReads, signedMapRead } from "./read_plan.ts";
import type { RegisterAccess } from "./register_access.ts";
import { signedMap } from "./registers.ts";
import type { Identity, Reading, SignedValue } from "./types.ts";

/** Parts of a reading in addition to the live values. */
export interface Wanted {
  readonly energy: boolean;
  readonly temperature: boolean;
  readonly signedValue: boolean;
  /** The values of {@linkcode ExtendedReading}. */
  readonly extended: boolean;
}

/** Dependencies of a reading. */
export interface ReadingTools {
  /** Wall clock in milliseconds. */
  readonly now: () => number;
  /** Logs values that are missing in a reading. */
  readonly readFailures: ReadFailures;
}

/**
 * Takes one reading. Omits a temperature or a signed map that cannot be read, and an energy that is not exact as a
 * number. A failure of the live values or the energies fails the reading.
 *
 * @throws {LineError} no usable answer
 * @throws {ModbusError} the meter refused
 */
export async function takeReading(
  anyRegisters: RegisterAccess,
  identity: Identity,
  wanted: Wanted,
  tools: ReadingTools,
): Promise<Reading> {
  const { layout } = identity;
  const registers = anyRegisters.of(layout.model);
  const retryingRefusals = registers.with({ repeatRefused: true });
  const { live, words } = await readLive(retryingRefusals, identity, tools.now);
  const { byPhase, ...energies } = wanted.energy
    ? await readEnergies(retryingRefusals, layout, tools.readFailures, wanted.extended)
    : {};
  const attempt = async <T>(what: string, read: () => Promise<T>): Promise<T | undefined> => {
    try {
      const value = await read();
      tools.readFailures.worked(what);
      return value;
    } catch (error) {
      if (registers.withdrawn) throw error;
      tools.readFailures.failed(what, error);
      return undefined;
    }
  };
  const { temperature } = layout.model;
  const temperatureC = wanted.temperature && temperature !== undefined
    ? await attempt("temperature", async () => {
      return measuredValue(layout, temperature, await registers.read(temperature.at, wordsOf(temperature)));
    })
    : undefined;
  const signedValue = wanted.signedValue && identity.billing.able
    ? await attempt("signed live map", () => readSignedValue(registers, identity, tools.now))
    : undefined;
  return {
    ...live,
    ...energies,
    ...(temperatureC === undefined ? {} : { temperatureC }),
    ...(wanted.extended ? { extended: { ...decodeExtended(layout, words), ...byPhase } } : {}),
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
  { layout, meterId }: Identity,
  now: () => number,
): Promise<{ live: LiveReading & Pick<Reading, "meterId" | "takenAtMs">; words: ReadWords }> {
  let takenAtMs: number | undefined;
  const words = await registers.readAll(liveReads(layout.model), () => takenAtMs = now());
  return { live: { meterId, takenAtMs: takenAtMs ?? now(), ...decodeLive(layout, words) }, words };
}
