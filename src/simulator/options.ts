import type { Log } from "../base/log.ts";
import type { Time } from "../base/time.ts";
import type { LiveValue } from "../meter/mod.ts";
import type { Wiring } from "./wiring.ts";

/** Properties and behaviour of a simulated meter. */
export interface SimulatedMeterOptions {
  /** Name of its series, one of `meterModels`. @default the billing series */
  readonly model?: string;
  /** Unit on the line, 1..247. */
  readonly unit: number;
  /** Name for output. @default "sim-<unit>" */
  readonly name?: string;
  /** Signature key of a billing meter; `none` is signature type 2: such a meter cannot bill. @default 256 */
  readonly keyBits?: 256 | 384 | "none";
  /** The same seed gives the same key and the same load. @default unit */
  readonly seed?: number;
  /** At most 13 or 7 characters, depending on the series. @default derived from the unit */
  readonly serialNumber?: string;
  /** Absent: the register answers with an exception. @default 2024 on a billing meter */
  readonly productionYear?: number;
  /** Controls identification code. @default the first of its series; 580 if the series has none */
  readonly identificationCode?: number;
  /** `major.minor.revision`: 0..15, 0..15, 0..255. @default "1.6.3" each */
  readonly firmware?: { readonly measure: string; readonly communication: string };
  /** @default the first variant of its series */
  readonly variant?: MeterVariant;
  /** Number of the last OCMF record. @default 0 */
  readonly pagination?: number;
  /** Free texts in a record: escaped as JSON, or unchanged. @default "escaped" */
  readonly recordTexts?: "escaped" | "raw";
  /** Time from 'E' to READY, in milliseconds. @default 250 */
  readonly closingMs?: number;
  /** Words of NUL after the OCMF file that the size register counts. @default 0 */
  readonly filePaddingWords?: number;
  /** `moving`: values follow a changing load; `still`: only `set` changes them. @default "moving" */
  readonly load?: "moving" | "still";
  /** Whether a power cycle closes an open transaction (TX "P") or not. @default "closes" */
  readonly powerLoss?: "closes" | "keeps_running";
}

/** Differences between simulated meters of one series. */
export interface MeterVariant {
  /** Index of its energy registers in the model; -1: none. @default 0 */
  readonly energies?: number;
  /** Index of its serial number layout in the model. @default 0 */
  readonly serialNumber?: number;
  /** Word order of values with two or more words. @default "low_first" */
  readonly wordOrder?: "low_first" | "high_first";
  /** Values of the setting registers. @default correct settings */
  readonly settings?: Readonly<Record<number, number>>;
  /** Additional addresses that it refuses with exception 2. @default none */
  readonly absent?: readonly number[];
  /** Time after an answer during which it receives nothing, in milliseconds. @default 0 */
  readonly deafMs?: number;
  /** Live values that are out of range. @default none */
  readonly overRange?: readonly LiveValue[];
}

/** Behaviour of a line of simulated meters. */
export interface SimulatedLineOptions {
  /** @default 9600 */
  readonly baudrate?: number;
  /** @default "none" */
  readonly parity?: "none" | "odd" | "even";
  /** @default 1 */
  readonly stopBits?: 1 | 2;
  /** Pause between the end of a request and the start of its answer, in milliseconds. @default 5 */
  readonly turnaroundMs?: number;
  /** False: answers arrive at once and complete, for tests that do not test timing. @default true */
  readonly paced?: boolean;
  /** True: the adapter echoes the request before the answer. @default false */
  readonly echo?: boolean;
  /** Wiring fault of the cable. @default none */
  readonly wiring?: Wiring;
  /** A symbolic link to the device: its name stays the same after `unplug` and `plug`. */
  readonly linkPath?: string;
  /** Number of newest requests in the log. @default 10000 */
  readonly keepRequests?: number;
}

/** Injected dependencies. */
export interface SimulatorDeps {
  readonly time?: Time;
  readonly log?: Log;
}
