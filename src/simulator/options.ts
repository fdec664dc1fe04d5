import type { Log } from "../base/log.ts";
import type { Time } from "../base/time.ts";
import type { LiveValue } from "../meter/mod.ts";
import type { Wiring } from "./wiring.ts";

/** What a simulated meter is and how it behaves. */
export interface SimulatedMeterOptions {
  /** The name of its series, one of `meterModels`. @default the series that bills */
  readonly model?: string;
  /** Unit on the line, 1..247. */
  readonly unit: number;
  /** For people only. @default "sim-<unit>" */
  readonly name?: string;
  /** Signature key of a meter that bills; `none` is signature type 2: such a meter cannot bill. @default 256 */
  readonly keyBits?: 256 | 384 | "none";
  /** The same seed gives the same key and the same course of the load. @default unit */
  readonly seed?: number;
  /** As many characters as its register holds: 13 or 7. @default made from the unit */
  readonly serialNumber?: string;
  /** Absent: the register answers with an exception. @default 2024 on a meter that bills */
  readonly productionYear?: number;
  /** Controls identification code. @default the first of its series; 580, a made-up one, where that lists none */
  readonly identificationCode?: number;
  /** `major.minor.revision`: 0..15, 0..15, 0..255. @default "1.6.3" each */
  readonly firmware?: { readonly measure: string; readonly communication: string };
  /** @default as the first meter of its series */
  readonly variant?: MeterVariant;
  /** Number of the last OCMF record; the next one has the next. @default 0 */
  readonly pagination?: number;
  /** Free texts in a record: as JSON texts, or their bytes as they are, whatever they hold. @default "escaped" */
  readonly recordTexts?: "escaped" | "raw";
  /** Time that the meter takes from 'E' to READY, in milliseconds. @default 250 */
  readonly closingMs?: number;
  /** Words of NUL that the size register counts behind the OCMF file. @default 0 */
  readonly filePaddingWords?: number;
  /** `moving`: values follow a load that comes and goes; `still`: they change by `set` alone. @default "moving" */
  readonly load?: "moving" | "still";
  /** Whether a power cycle closes an open transaction (TX "P") or leaves it running. @default "closes" */
  readonly powerLoss?: "closes" | "keeps_running";
}

/** Where a simulated meter differs from others of its series. */
export interface MeterVariant {
  /** Which of the energy registers of the series it has, by their place in the model; -1: none. @default 0 */
  readonly energies?: number;
  /** Which of the layouts of the serial number it has, by their place in the model. @default 0 */
  readonly serialNumber?: number;
  /** Of values in two words and more. @default "low_first" */
  readonly wordOrder?: "low_first" | "high_first";
  /** What registers of settings hold. @default values that need no correction */
  readonly settings?: Readonly<Record<number, number>>;
  /** Addresses that it refuses with exception 2, as it does those that no model has. @default none */
  readonly absent?: readonly number[];
  /** Milliseconds after an answer in which it receives nothing. @default 0 */
  readonly leastPauseMs?: number;
  /** Live values that are over their range. @default none */
  readonly overRange?: readonly LiveValue[];
}

/** How the line of simulated meters behaves. */
export interface SimulatedLineOptions {
  /** @default 9600 */
  readonly baudrate?: number;
  /** @default "none" */
  readonly parity?: "none" | "odd" | "even";
  /** @default 1 */
  readonly stopBits?: 1 | 2;
  /** Pause between a request's end and its answer's beginning, in milliseconds. @default 5 */
  readonly turnaroundMs?: number;
  /** False: answers come at once and whole, for tests that are not about time. @default true */
  readonly paced?: boolean;
  /** True: the adapter hears what is sent and gives it back before the answer. @default false */
  readonly echo?: boolean;
  /** What is wrong with the cable. @default nothing */
  readonly wiring?: Wiring;
  /** A symbolic link that always points to the device: a name that outlives `unplug` and `plug`. */
  readonly linkPath?: string;
  /** Requests that the log keeps, the newest ones. @default 10000 */
  readonly keepRequests?: number;
}

/** What is injected. */
export interface SimulatorDeps {
  readonly time?: Time;
  readonly log?: Log;
}
