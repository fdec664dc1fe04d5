import { endpointText } from "../base/endpoint.ts";
import { type Endpoint } from "../line/mod.ts";
import { wireTimeMs } from "../../bridge/mod.ts";
import { answerBytes, requestBytes } from "../modbus/mod.ts";

/** A parity bit, or none. */
export type Parity = "none" | "odd" | "even";

/** One combination of settings of a line. */
export interface ScanSetting {
  readonly endpoint: Endpoint;
  readonly baudrate: number;
  readonly parity: Parity;
}

/** Units to try with one setting. */
export interface ScanRound {
  readonly setting: ScanSetting;
  readonly units: readonly number[];
}

/** Options of a scan plan. */
export interface ScanPlanOptions {
  readonly endpoint: Endpoint;
  /** For a serial port; tried in this order, each with each parity. */
  readonly baudrates: readonly number[];
  readonly parities: readonly Parity[];
  /** Unit ids, 1..247. */
  readonly units: readonly number[];
}

/** Most meters have a low unit id: these are tried with all settings first. */
const firstUnits = 10;
/** Request and answer of the register that is read from each unit. */
const exchangeBytes = requestBytes(4, 1) + answerBytes(4, 1);

/**
 * The rounds of a scan: the first units with all settings, then the other units. A gateway is tried with both framings.
 */
export function scanRounds({ endpoint, baudrates, parities, units }: ScanPlanOptions): ScanRound[] {
  const settings: ScanSetting[] = endpoint.kind === "serial"
    ? baudrates.flatMap((baudrate) => parities.map((parity) => ({ endpoint, baudrate, parity })))
    : framings(endpoint).map((framing) => ({ endpoint: framing, baudrate: 9600, parity: "none" }));
  return [units.slice(0, firstUnits), units.slice(firstUnits)]
    .filter((some) => some.length > 0)
    .flatMap((some) => settings.map((setting) => ({ setting, units: some })));
}

/** Duration of the rounds in milliseconds if no unit answers. */
export function unansweredMs(rounds: readonly ScanRound[], timeoutMs: number): number {
  const roundMs = ({ setting, units }: ScanRound) =>
    units.length * (timeoutMs + wireTimeMs({ ...setting, stopBits: 1 }, exchangeBytes));
  return rounds.reduce((sum, round) => sum + roundMs(round), 0);
}

/** Formats a setting: `at 9600 baud, parity none`. */
export function settingText({ endpoint, baudrate, parity }: ScanSetting): string {
  return endpoint.kind === "serial" ? `at ${baudrate} baud, parity ${parity}` : `as ${endpointText(endpoint)}`;
}

function framings(endpoint: Endpoint): Endpoint[] {
  if (endpoint.kind === "tcp") return [endpoint, { ...endpoint, kind: "modbus-tcp" }];
  return endpoint.kind === "modbus-tcp" ? [endpoint, { ...endpoint, kind: "tcp" }] : [endpoint];
}
