import { Line, LineError, ModbusError, type RtsSettings } from "../../bridge/mod.ts";
import { errorText } from "../base/log.ts";
import { systemTime } from "../base/time.ts";
import { identifyOnce, type Identity, registers } from "../meter/mod.ts";
import { countText } from "./count_text.ts";
import { exitCode, type Io } from "./io.ts";
import { jsonLine, lines } from "./safe_text.ts";

/** Where to look for meters. */
export interface ScanArguments {
  readonly serialPort: string;
  /** Tried in this order, each with each parity, until one brings a meter. */
  readonly baudrates: readonly number[];
  readonly parities: readonly Parity[];
  /** Unit ids, 1..247. */
  readonly units: readonly number[];
  /** How long a meter is waited for, beyond the time on the wire. */
  readonly timeoutMs: number;
  /** What RTS is for. @default it is on */
  readonly rts?: RtsSettings;
  readonly json: boolean;
}

type Parity = "none" | "odd" | "even";

/** A meter that was found. */
interface Found {
  readonly unit: number;
  readonly model: string;
  readonly identification_code: number;
  readonly serial_number: string;
  readonly baudrate: number;
  readonly parity: Parity;
}

type ScanIo = Pick<Io, "out" | "err" | "interrupted">;

/** After so many units it is told how far the scan is: a silent line takes minutes. */
const progressUnits = 25;

/** Attempts with a device that has answered once. */
const attempts = 3;

/**
 * Looks for meters on a line by asking each unit for its identification code; writes nothing. All devices of a line have
 * one baud rate and one parity, so the first that bring a meter are the last that are tried.
 *
 * @returns the exit code: 0 meters were found, 1 none, 3 the port cannot be opened, 130 interrupted
 */
export async function scan(args: ScanArguments, io: ScanIo): Promise<number> {
  for (const baudrate of args.baudrates) {
    for (const parity of args.parities) {
      const found = await scanAt(baudrate, parity, args, io);
      if (found === undefined) return exitCode.unreachable;
      if (io.interrupted.aborted) return exitCode.interrupted;
      if (found.length === 0) continue;
      if (!args.json) io.out(lines(...configurationText(args, found)));
      return exitCode.done;
    }
  }
  io.err(
    lines(
      "no meter answered: check power, wiring (A and B), termination, and that nobody else asks on the line; " +
        "try other --baudrate, --parity and a longer --timeout",
    ),
  );
  return exitCode.failed;
}

/** @returns undefined when the port cannot be opened */
async function scanAt(
  baudrate: number,
  parity: Parity,
  args: ScanArguments,
  io: ScanIo,
): Promise<Found[] | undefined> {
  const line = new Line({
    name: "scan",
    endpoint: { kind: "serial", path: args.serialPort },
    baudrate,
    parity,
    stopBits: 1,
    rtscts: false,
    ...args.rts,
    ignoreEcho: false,
    initialTimeoutMs: args.timeoutMs,
    withinMessageTimeoutMs: withinMessageMs,
    retries: 0,
  }, { time: systemTime });
  try {
    const failure = await line.start();
    if (failure !== undefined) {
      io.err(lines(failure.message));
      return undefined;
    }
    io.err(lines(`looking for ${args.units.length} units at ${baudrate} baud, parity ${parity} ...`));
    const found: Found[] = [];
    for (const [asked, unit] of args.units.entries()) {
      if (io.interrupted.aborted) break;
      if (asked > 0 && asked % progressUnits === 0) {
        io.err(lines(`  ${asked} of ${args.units.length} units asked, ${countText(found.length, "meter")} found`));
      }
      const identity = await identityAt(unit, line, io);
      if (identity === undefined) continue;
      const { model, code, serialNumber } = identity;
      const meter = { unit, model, identification_code: code, serial_number: serialNumber, baudrate, parity };
      found.push(meter);
      io.out(args.json ? jsonLine(meter) : lines(meterText(meter)));
    }
    return found;
  } catch (error) {
    if (!(error instanceof LineError)) throw error;
    io.err(lines(errorText(error)));
    return undefined;
  } finally {
    await line.close();
  }
}

/** @returns undefined where no meter answers; what else answers is told */
async function identityAt(unit: number, line: Line, io: ScanIo): Promise<Identity | undefined> {
  try {
    await line.read(unit, registers.identificationCode.at, 1, { priority: "live", signal: io.interrupted });
  } catch (error) {
    if (io.interrupted.aborted) return undefined;
    if (error instanceof ModbusError) {
      io.err(lines(`unit ${unit} answers, but is no Carlo Gavazzi meter: ${error.message}`));
    } else if (!(error instanceof LineError) || error.code === "closed") throw error;
    else if (error.code !== "timeout") io.err(lines(`unit ${unit}: ${error.message}`));
    return undefined;
  }
  try {
    return await identifyOnce(unit, attempts, line, io.interrupted);
  } catch (error) {
    if (!io.interrupted.aborted) io.err(lines(`unit ${unit} answers, but cannot be identified: ${errorText(error)}`));
    return undefined;
  }
}

function meterText({ unit, model, identification_code: code, serial_number: serial }: Found): string {
  return `unit ${String(unit).padEnd(4)} ${model.padEnd(12)} code ${String(code).padEnd(6)} serial number ${serial}`;
}

/** The part of a configuration file that reaches these meters. */
function configurationText({ serialPort, rts }: ScanArguments, found: readonly Found[]): string[] {
  const [{ baudrate, parity }] = found as [Found, ...Found[]];
  return [
    "",
    "lines:",
    "  - name: rs485-1",
    `    serial_port: ${serialPort}`,
    `    baudrate: ${baudrate}`,
    ...(parity === "none" ? [] : [`    parity: ${parity}`]),
    ...rtsLines(rts ?? {}),
    "    meters:",
    ...found.map(({ unit, model, serial_number: serial }) =>
      `      - { name: evse-${unit}, powermeter_device_id: ${unit} } # ${model} ${serial}`
    ),
  ];
}

function rtsLines({ rts, rs485 }: RtsSettings): string[] {
  if (rts !== undefined) return [`    rts: ${rts}`];
  if (rs485 === undefined) return [];
  const { direction, delayBeforeMs, delayAfterMs } = rs485;
  return [
    `    rs485: { direction: ${direction}, delay_before_ms: ${delayBeforeMs}, delay_after_ms: ${delayAfterMs} }`,
  ];
}

/** Longest silence inside an answer: adapters hand bytes over in portions. */
const withinMessageMs = 30;
