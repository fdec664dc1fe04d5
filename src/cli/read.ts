import { Line } from "../line/mod.ts";
import { errorText, type Log, withFields } from "../base/log.ts";
import { systemTime, timestamp } from "../base/time.ts";
import type { LineSettings, MeterSettings } from "../config/mod.ts";
import { type Identity, type Reading, readOnce } from "../meter/mod.ts";
import { powermeter, publicKeyOf } from "../contract/mod.ts";
import { chosenLines } from "./chosen_lines.ts";
import { eachMeter } from "./each_meter.ts";
import { exitCode, type Io } from "./io.ts";
import { lineHints } from "./line_hints.ts";
import { lineLog } from "./log_sink.ts";
import { readSettings } from "./read_settings.ts";
import { jsonLine, lines } from "./safe_text.ts";

/** What to read. */
export interface ReadArguments {
  /** Configuration file. */
  readonly config: string;
  /** This meter only. */
  readonly meter?: string;
  readonly json: boolean;
}

type ReadIo = Pick<Io, "out" | "err" | "env" | "interrupted">;

/**
 * Reads meters once, directly from their lines, and writes nothing to them. Readings go to standard output, with `json`
 * as one `Powermeter` with `meter` per line. Failures go to standard error.
 *
 * @returns the exit code: 0 all meters were read, 1 a meter gave no usable answer, 2 the configuration cannot be used
 * or the meter is unknown, 3 the device of a line cannot be opened, 130 interrupted
 */
export async function read(args: ReadArguments, io: ReadIo): Promise<number> {
  const settings = await readSettings(args.config, io);
  if (settings === undefined) return exitCode.usage;
  const log = lineLog({ ...settings.log, level: "warn" }, io.err, Date.now);
  const lines = chosenLines(settings, args, io);
  if (lines === undefined) return exitCode.usage;
  const codes = await Promise.all(lines.map((line) => readLine(line, settings.stateDir, args.json, log, io)));
  return io.interrupted.aborted ? exitCode.interrupted : Math.max(...codes);
}

async function readLine(
  settings: LineSettings,
  stateDir: string,
  json: boolean,
  log: Log,
  io: ReadIo,
): Promise<number> {
  const line = new Line(settings, { time: systemTime });
  const { code, nothing } = await eachMeter(line, settings, io, async (meter) => {
    const isComplete = await readMeter(meter, line, json, withFields(log, { meter: meter.name }), io);
    return { hasAnswered: isComplete, isComplete };
  });
  if (nothing && !io.interrupted.aborted) {
    io.err(lines(...await lineHints(settings, stateDir, io.interrupted)));
  }
  return code;
}

async function readMeter(meter: MeterSettings, line: Line, json: boolean, log: Log, io: ReadIo): Promise<boolean> {
  try {
    const { identity, reading, suspicions } = await readOnce(meter, line, {
      time: systemTime,
      log,
      signal: io.interrupted,
    });
    const publicKey = publicKeyOf(identity, meter.publicKeyFormat);
    io.out(
      json
        ? jsonLine({ meter: meter.name, ...powermeter(reading, { publicKey }) })
        : lines(...readingText(meter.name, identity, reading, suspicions)),
    );
    return true;
  } catch (error) {
    if (!io.interrupted.aborted) io.err(lines(`Cannot read meter ${meter.name}: ${errorText(error)}`));
    return false;
  }
}

function readingText(name: string, identity: Identity, reading: Reading, suspicions: readonly string[]): string[] {
  const { lineVoltageV, apparentPowerVa, powerFactor, energyImportByPhaseWh, energyExportByPhaseWh } =
    reading.extended ?? {};
  const rows: [string, string | undefined][] = [
    ["energy import", totalText({ total: reading.energyImportWh, ...energyImportByPhaseWh }, " Wh")],
    ["energy export", totalText({ total: reading.energyExportWh, ...energyExportByPhaseWh }, " Wh")],
    ["power", totalText(reading.powerW, " W")],
    ["voltage", phasesText(reading.voltageV, "  V")],
    ["", phasesText(lineVoltageV, "  V")],
    ["current", phasesText(reading.currentA, "  A")],
    ["reactive power", totalText(reading.reactivePowerVar, " var")],
    ["apparent power", totalText(apparentPowerVa, " VA")],
    ["power factor", totalText(powerFactor)],
    ["frequency", reading.frequencyHz === undefined ? undefined : `${reading.frequencyHz} Hz`],
    ["temperature", reading.temperatureC === undefined ? undefined : `${reading.temperatureC} degC`],
    ["phase sequence", sequenceText(reading.phaseSequenceError)],
    ...suspicions.map((suspicion): [string, string] => ["wiring", suspicion]),
    ["billing", identity.billing.able ? identity.billing.signingMethod : `none: ${identity.billing.reason}`],
  ];
  const head = `${name}  ${identity.model} ${identity.meterId}  ${timestamp(reading.takenAtMs)}`;
  return [head, ...rows.flatMap(([what, text]) => text === undefined ? [] : [`  ${what.padEnd(15)}${text}`])];
}

/** Where a value is measured, and how it is printed. */
const places = [["L1", "L1"], ["L2", "L2"], ["L3", "L3"], ["L1_L2", "L1-L2"], ["L2_L3", "L2-L3"], [
  "L3_L1",
  "L3-L1",
]] as const;

type Values = { readonly [P in typeof places[number][0] | "total"]?: number | undefined };

/** `230 W  (L1 230  L2 0)`; missing values are left out. */
function totalText(values: Values | undefined, unit = ""): string | undefined {
  const total = values?.total === undefined ? [] : [`${values.total}${unit}`];
  const phases = phasesText(values);
  const text = [...total, ...(phases === undefined ? [] : [`(${phases})`])].join("  ");
  return text === "" ? undefined : text;
}

function phasesText(values: Values | undefined, unit = ""): string | undefined {
  const phases = places.flatMap(([place, title]) => {
    const value = values?.[place];
    return value === undefined ? [] : [`${title} ${value}`];
  });
  return phases.length === 0 ? undefined : `${phases.join("  ")}${unit}`;
}

function sequenceText(error: boolean | undefined): string | undefined {
  if (error === undefined) return undefined;
  return error ? "L1-L3-L2: two phases are swapped" : "L1-L2-L3";
}
