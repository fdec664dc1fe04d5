import type { Parity } from "./scan_plan.ts";
import { stringify } from "yaml";
import type { RtsSettings } from "../../bridge/mod.ts";
import { subjectToken } from "../base/subject_tokens.ts";
import { endpointEntry } from "../config/mod.ts";
import type { ScanSetting } from "./scan_plan.ts";

/** A meter found by a scan, as text: one line, and one for each suspected fault. */
export function meterText(meter: FoundMeter): string[] {
  const { unit, model, identification_code: code, serial_number: serial, wiring } = meter;
  const name = `unit ${String(unit).padEnd(4)} ${model.padEnd(12)} code ${String(code).padEnd(6)}`;
  return [`${name} serial number ${serial}`, ...wiring.map((suspicion) => `  unit ${unit}: ${suspicion}`)];
}

/** Input of a configuration. */
export interface FoundLine {
  readonly setting: ScanSetting;
  readonly meters: readonly FoundMeter[];
  readonly rts: RtsSettings;
  /** Host name of this machine, for the name of the site. */
  readonly host: string | undefined;
}

/** A complete configuration for these meters. The section `lines` comes last. */
export function configurationText({ setting, meters, rts, host }: FoundLine): string[] {
  const { endpoint, baudrate, parity } = setting;
  const port = endpointEntry(endpoint);
  const entry = {
    name: "rs485-1",
    ...port,
    ...(endpoint.kind === "serial" && { baudrate }),
    ...(endpoint.kind === "serial" && parity !== "none" && { parity }),
    ...rtsEntry(rts),
  };
  const line = stringify([entry]).trimEnd().split("\n").map((text) => `  ${text}`);
  return [
    `site: ${stringify(siteName(host)).trimEnd()}`,
    "lines:",
    ...line,
    "    meters:",
    ...meters.map(({ unit, model, serial_number: serial }) =>
      `      - { name: evse-${unit}, powermeter_device_id: ${unit} } # ${model} ${serial}`
    ),
  ];
}

function rtsEntry({ rts, rs485 }: RtsSettings): Record<string, unknown> {
  if (rts !== undefined) return { rts };
  if (rs485 === undefined) return {};
  const { direction, delayBeforeMs, delayAfterMs } = rs485;
  return { rs485: { direction, delay_before_ms: delayBeforeMs, delay_after_ms: delayAfterMs } };
}

/** A name of digits only would be a number in YAML. */
function siteName(host: string | undefined): string {
  const name = host?.split(".")[0];
  return name !== undefined && subjectToken.pattern.test(name) && /^[A-Za-z]/.test(name) ? name : "site-1";
}

/** A meter found by a scan. */
export interface FoundMeter {
  readonly unit: number;
  readonly model: string;
  readonly identification_code: number;
  readonly serial_number: string;
  /** Suspected faults of its settings or wiring, one sentence each. */
  readonly wiring: readonly string[];
  /** Only for a serial port. */
  readonly baudrate?: number;
  readonly parity?: Parity;
}
