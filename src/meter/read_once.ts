import type { Bus } from "../line/mod.ts";
import type { Log } from "../base/log.ts";
import type { MeterSettings } from "../base/meter_settings.ts";
import type { Time } from "../base/time.ts";
import { ReadFailures } from "./read_failures.ts";
import { type Identified, identify } from "./identify.ts";
import { invertReading } from "./invert.ts";
import { modelNamed } from "./models/index.ts";
import { RegisterAccess } from "./register_access.ts";
import { takeReading } from "./take_reading.ts";
import type { Identity, Reading } from "./types.ts";
import { UnlistedCode } from "./unlisted_code.ts";

/** The settings of a meter that one reading needs. */
export type ReadOnceOptions =
  & Pick<
    MeterSettings,
    "unit" | "communicationRetryCount" | "communicationRetryDelayMs" | "publishSignedValues" | "model"
  >
  & Partial<Pick<MeterSettings, "name" | "invert" | "extendedValues">>;

/** Dependencies of {@linkcode readOnce}. */
export interface ReadOnceDeps {
  /** Clocks and timers. */
  readonly time: Time;
  /** Gets a warning for each value that cannot be read. */
  readonly log: Log;
  /** Cancels the reading. @default it is never cancelled */
  readonly signal?: AbortSignal;
}

/** What {@linkcode readOnce} has found. */
export interface ReadOnceResult {
  /** Which meter it is. */
  readonly identity: Identity;
  /** Its values. */
  readonly reading: Reading;
  /** Sentences about settings and wiring because of which the values may be wrong; empty: none. */
  readonly suspicions: readonly string[];
}

/**
 * Identifies a meter and reads how it is installed, once. Writes nothing.
 *
 * @param unit 1..247
 * @param attempts attempts for each register
 * @throws {LineError} no usable answer
 * @throws {ModbusError} the device refused a register that every meter has
 */
export function identifyOnce(unit: number, attempts: number, bus: Bus, signal: AbortSignal): Promise<Identified> {
  const registers = new RegisterAccess(bus, unit, { priority: "health", attempts, delayMs: 0, signal });
  return identify(registers, { unlisted: new UnlistedCode() });
}

/**
 * Identifies a meter and takes one reading. Writes nothing. The registers are those of its series: `docs/meters.md`,
 * "Series".
 *
 * @param options `unit` 1..247; `communicationRetryCount` attempts of each read, `communicationRetryDelayMs` apart;
 * `publishSignedValues: "never"` leaves out the signed value
 * @param bus an open `Line`, or another implementation
 * @throws {LineError} no usable answer
 * @throws {ModbusError} the meter refused a register that every meter has
 * @throws {MeterError} `unknown_model`: its identification code is unknown, and it has no OCMF registers
 */
export async function readOnce(
  options: ReadOnceOptions,
  bus: Bus,
  { time, log, signal }: ReadOnceDeps,
): Promise<ReadOnceResult> {
  const registers = new RegisterAccess(bus, options.unit, {
    priority: "health",
    attempts: options.communicationRetryCount,
    delayMs: options.communicationRetryDelayMs,
    ...(signal === undefined ? {} : { signal }),
  });
  const forced = modelNamed(options.model);
  const tools = { unnumbered: options.name, time, signal, forced, unlisted: new UnlistedCode() };
  const { identity, wiring: { suspicions } } = await identify(registers, tools);
  const wanted = {
    energy: true,
    temperature: true,
    signedValue: options.publishSignedValues !== "never",
    extended: options.extendedValues === true,
  };
  const reading = await takeReading(registers, identity, wanted, {
    now: () => time.now(),
    readFailures: new ReadFailures({ log, time }),
  });
  return { identity, suspicions, reading: options.invert === true ? invertReading(reading) : reading };
}
